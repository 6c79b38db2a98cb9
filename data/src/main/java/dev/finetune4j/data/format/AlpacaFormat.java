package dev.finetune4j.data.format;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.catalog.Columns;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.conversation.Preference;
import dev.finetune4j.data.format.Fields.Fault;
import dev.finetune4j.data.source.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One instruction a row: prompt and query joined by a line feed, optional earlier turns, and an answer. A row without an
 * answer is a conversation that ends with the user; stages that need an answer leave it out.
 */
public final class AlpacaFormat implements DatasetFormat {
    private final boolean likeLlamaFactory;

    public AlpacaFormat() {
        this(false);
    }

    private AlpacaFormat(boolean likeLlamaFactory) {
        this.likeLlamaFactory = likeLlamaFactory;
    }

    @Override
    public String name() {
        return "alpaca";
    }

    /** With tools as they are, be they JSON or not. */
    @Override
    public DatasetFormat likeLlamaFactory() {
        return new AlpacaFormat(true);
    }

    @Override
    public void check(DatasetEntry entry) {
        Columns columns = entry.columns();
        if (columns.prompt() == null && columns.query() == null) {
            throw new DataException(
                    "data set \"" + entry.name() + "\"",
                    "columns maps neither \"prompt\" nor \"query\", so that no row has a question. A columns object"
                            + " replaces all default columns; list every one that is used.");
        }
        if (entry.ranking() && (columns.chosen() == null || columns.rejected() == null)) {
            throw new DataException(
                    "data set \"" + entry.name() + "\"",
                    "ranking is true, but columns does not map both \"chosen\" and \"rejected\".");
        }
    }

    @Override
    public List<String> neededColumns(DatasetEntry entry) {
        Columns columns = entry.columns();
        if (columns.equals(Columns.DEFAULTS)) {
            return Stream.of(columns.prompt(), columns.response())
                    .filter(Objects::nonNull)
                    .toList();
        }
        return columns.mapped();
    }

    @Override
    public Reading read(Row row, DatasetEntry entry) {
        Fields fields = new Fields(row, likeLlamaFactory);
        Columns columns = entry.columns();
        try {
            List<Message> messages = history(fields, columns.history());
            messages.add(Message.user(question(fields, columns)));
            Preference preference = entry.ranking() ? preference(fields, columns) : null;
            Boolean feedback = feedback(fields, columns.feedback());
            Object answer = fields.value(columns.response());
            if (preference == null && answer != null) {
                messages.add(Message.assistant(Fields.text(answer, String.valueOf(columns.response()))));
            }
            return Reading.of(new Conversation(
                    messages,
                    fields.text(columns.system()),
                    fields.tools(columns.tools()),
                    fields.media(entry),
                    preference,
                    feedback,
                    row.provenance()));
        } catch (Fault fault) {
            return fault.in(row);
        }
    }

    private static List<Message> history(Fields fields, @Nullable String column) throws Fault {
        List<Message> messages = new ArrayList<>();
        if (!(fields.value(column) instanceof List<?> turns)) {
            return messages;
        }
        for (int i = 0; i < turns.size(); i++) {
            String field = column + "[" + i + "]";
            List<?> turn = Fields.list(turns.get(i), field);
            if (turn.size() != 2) {
                throw new Fault(field, "expected a pair of question and answer", turn.size() + " elements");
            }
            messages.add(Message.user(Fields.text(turn.get(0), field + "[0]")));
            messages.add(Message.assistant(Fields.text(turn.get(1), field + "[1]")));
        }
        return messages;
    }

    private static String question(Fields fields, Columns columns) throws Fault {
        String prompt = fields.text(columns.prompt());
        String query = fields.text(columns.query());
        return prompt.isEmpty() || query.isEmpty() ? prompt + query : prompt + "\n" + query;
    }

    private static Preference preference(Fields fields, Columns columns) throws Fault {
        return new Preference(
                Message.assistant(Fields.text(fields.value(columns.chosen()), String.valueOf(columns.chosen()))),
                Message.assistant(Fields.text(fields.value(columns.rejected()), String.valueOf(columns.rejected()))));
    }

    static @Nullable Boolean feedback(Fields fields, @Nullable String column) throws Fault {
        Object tag = fields.value(column);
        if (tag == null || tag instanceof Boolean) {
            return (Boolean) tag;
        }
        throw new Fault(String.valueOf(column), "expected true or false", Fields.describe(tag));
    }
}
