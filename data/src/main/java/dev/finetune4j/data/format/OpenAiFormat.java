package dev.finetune4j.data.format;

import dev.finetune4j.data.catalog.Columns;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.catalog.Tags;
import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.conversation.Preference;
import dev.finetune4j.data.format.Fields.Fault;
import dev.finetune4j.data.source.Row;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Requests and answers of the OpenAI interface as they are: {@code messages} with roles, {@code tool_calls} beside or instead
 * of a text, results of several calls one after the other, contents in parts. Without columns and tags in the catalog, the
 * interface's own names hold where a row has them.
 */
public final class OpenAiFormat implements DatasetFormat {
    static final Tags TAGS = new Tags("role", "content", "user", "assistant", "tool", null, "system");

    private static final String MESSAGES = "messages";

    private final boolean likeLlamaFactory;

    public OpenAiFormat() {
        this(false);
    }

    private OpenAiFormat(boolean likeLlamaFactory) {
        this.likeLlamaFactory = likeLlamaFactory;
    }

    @Override
    public String name() {
        return "openai";
    }

    /**
     * With LLaMA-Factory's names where the catalog has none, its text between tool results for every template, texts beside
     * calls and trailing results dropped, and its note that thinking is off in the system text.
     */
    @Override
    public DatasetFormat likeLlamaFactory() {
        return new OpenAiFormat(true);
    }

    @Override
    public void check(DatasetEntry entry) {
        new SharegptFormat().check(entry);
    }

    @Override
    public List<String> neededColumns(DatasetEntry entry) {
        // Without a columns object either of two names will do; rows that have neither are rejected one by one.
        return entry.columns().equals(Columns.DEFAULTS)
                ? List.of()
                : entry.columns().mapped();
    }

    @Override
    public Reading read(Row row, DatasetEntry entry) {
        Fields fields = new Fields(row, likeLlamaFactory);
        boolean own = !likeLlamaFactory && entry.columns().equals(Columns.DEFAULTS);
        String column = own && row.value(MESSAGES) != null
                ? MESSAGES
                : String.valueOf(entry.columns().messages());
        try {
            List<?> raw = Fields.list(fields.value(column), column);
            OpenAiTurns turns = new OpenAiTurns(tags(raw, entry), column, new ContentParts(entry), likeLlamaFactory);
            List<Message> messages = turns.read(raw);
            if (!entry.ranking()) {
                turns.checkEnd(raw);
            }
            SharegptFormat.checkCount(messages, entry, column);
            Preference preference = entry.ranking() ? preference(fields, entry, turns) : null;
            String tools = fields.tools(own ? "tools" : entry.columns().tools());
            String system = turns.system() == null
                    ? fields.text(own ? "system" : entry.columns().system())
                    : turns.system();
            return Reading.of(new Conversation(
                    messages,
                    likeLlamaFactory ? thinkingOff(system, tools) : system,
                    tools,
                    turns.parts().behind(fields.media(entry)),
                    preference,
                    AlpacaFormat.feedback(fields, entry.columns().feedback()),
                    row.provenance()));
        } catch (Fault fault) {
            return fault.in(row);
        }
    }

    /** Tags of the entry; where it has none, those of the interface for rows that look like it. */
    private Tags tags(List<?> raw, DatasetEntry entry) {
        boolean named = raw.isEmpty() || !(raw.get(0) instanceof Map<?, ?> first) || first.containsKey(TAGS.role());
        return !likeLlamaFactory && named && entry.tags().equals(Tags.DEFAULTS) ? TAGS : entry.tags();
    }

    private static Preference preference(Fields fields, DatasetEntry entry, OpenAiTurns turns) throws Fault {
        String chosen = String.valueOf(entry.columns().chosen());
        String rejected = String.valueOf(entry.columns().rejected());
        return new Preference(
                turns.answer(fields.value(chosen), chosen), turns.answer(fields.value(rejected), rejected));
    }

    /** A convention of Ling 2.0 that LLaMA-Factory applies to every row of this format. */
    private static String thinkingOff(String system, @Nullable String tools) {
        String off = "detailed thinking off";
        if (tools != null && !tools.isEmpty()) {
            return system.isEmpty() ? system : system + "\n";
        }
        if (system.isEmpty()) {
            return off;
        }
        boolean says = system.contains(off) || system.contains("detailed thinking on");
        return says ? system : system + "\n" + off;
    }
}
