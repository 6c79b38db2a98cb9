package dev.finetune4j.data.format;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.catalog.Columns;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.catalog.Tags;
import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.conversation.Preference;
import dev.finetune4j.data.conversation.Role;
import dev.finetune4j.data.format.Fields.Fault;
import dev.finetune4j.data.source.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A list of messages a row. An optional system message stands first and wins over the system column; after it the user
 * or an observation and the model take turns. Rows that break the turns, or end on the wrong side, are rejected.
 */
public final class SharegptFormat implements DatasetFormat {
    private final boolean likeLlamaFactory;

    public SharegptFormat() {
        this(false);
    }

    private SharegptFormat(boolean likeLlamaFactory) {
        this.likeLlamaFactory = likeLlamaFactory;
    }

    @Override
    public String name() {
        return "sharegpt";
    }

    /** With tools as they are, be they JSON or not. */
    @Override
    public DatasetFormat likeLlamaFactory() {
        return new SharegptFormat(true);
    }

    @Override
    public void check(DatasetEntry entry) {
        require(entry, entry.columns().messages(), "columns", "messages");
        require(entry, entry.tags().role(), "tags", "role_tag");
        require(entry, entry.tags().content(), "tags", "content_tag");
        if (entry.ranking()) {
            require(entry, entry.columns().chosen(), "columns", "chosen");
            require(entry, entry.columns().rejected(), "columns", "rejected");
        }
    }

    static void require(DatasetEntry entry, @Nullable String value, String object, String key) {
        if (value == null) {
            throw new DataException(
                    "data set \"" + entry.name() + "\"",
                    object + " does not map \"" + key + "\". A " + object
                            + " object replaces all defaults; list every key that is used.");
        }
    }

    @Override
    public List<String> neededColumns(DatasetEntry entry) {
        return entry.columns().equals(Columns.DEFAULTS)
                ? List.of(String.valueOf(entry.columns().messages()))
                : entry.columns().mapped();
    }

    @Override
    public Reading read(Row row, DatasetEntry entry) {
        Fields fields = new Fields(row, likeLlamaFactory);
        Columns columns = entry.columns();
        try {
            String column = String.valueOf(columns.messages());
            List<?> raw = Fields.list(fields.value(column), column);
            TurnReader turns = new TurnReader(entry.tags(), column);
            String system = turns.leadingSystem(raw);
            List<Message> messages = turns.read(raw, system == null ? 0 : 1);
            checkCount(messages, entry, column);
            return Reading.of(new Conversation(
                    messages,
                    system == null ? fields.text(columns.system()) : system,
                    fields.tools(columns.tools()),
                    fields.media(entry),
                    entry.ranking() ? preference(fields, entry, turns) : null,
                    AlpacaFormat.feedback(fields, columns.feedback()),
                    row.provenance()));
        } catch (Fault fault) {
            return fault.in(row);
        }
    }

    static void checkCount(List<Message> messages, DatasetEntry entry, String column) throws Fault {
        if (messages.isEmpty()) {
            throw new Fault(column, "no messages", "");
        }
        if (messages.size() % 2 == (entry.ranking() ? 0 : 1)) {
            String expected = entry.ranking()
                    ? "with ranking the last message must not be an answer"
                    : "the last message must be an answer";
            throw new Fault(column, expected, messages.size() + " messages");
        }
    }

    private static Preference preference(Fields fields, DatasetEntry entry, TurnReader turns) throws Fault {
        return new Preference(
                turns.answer(
                        fields.value(entry.columns().chosen()),
                        String.valueOf(entry.columns().chosen())),
                turns.answer(
                        fields.value(entry.columns().rejected()),
                        String.valueOf(entry.columns().rejected())));
    }

    /** Messages of one row by the tags of its entry. */
    private static final class TurnReader {
        private final Tags tags;
        private final String column;
        private final RoleTags roles;

        TurnReader(Tags tags, String column) {
            this.tags = tags;
            this.column = column;
            this.roles = new RoleTags(tags);
        }

        /** Text of the system message in front, null where there is none. */
        @Nullable
        String leadingSystem(List<?> raw) throws Fault {
            if (tags.system() == null || raw.isEmpty() || !(raw.get(0) instanceof Map<?, ?> first)) {
                return null;
            }
            if (!tags.system().equals(first.get(tags.role()))) {
                return null;
            }
            return Fields.text(first.get(tags.content()), column + "[0]." + tags.content());
        }

        List<Message> read(List<?> raw, int from) throws Fault {
            List<Message> messages = new ArrayList<>();
            for (int i = from; i < raw.size(); i++) {
                messages.add(message(raw.get(i), column + "[" + i + "]", (i - from) % 2 == 1));
            }
            return messages;
        }

        Message answer(@Nullable Object value, String field) throws Fault {
            return message(value, field, true);
        }

        private Message message(@Nullable Object value, String field, boolean answer) throws Fault {
            Map<?, ?> object = Fields.object(value, field);
            Role role = roles.of(object);
            if (role == null || role.isAnswer() != answer) {
                throw roles.unexpected(object, field, answer);
            }
            return new Message(role, Fields.text(object.get(tags.content()), field + "." + tags.content()));
        }
    }
}
