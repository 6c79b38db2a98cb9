package dev.finetune4j.data.check;

import dev.finetune4j.data.source.Row;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the rows of a data set look like: columns, the kinds of values in them, and who speaks in lists of messages. */
final class RowProfile {
    private static final int MOST_ROLES = 50;

    private final Map<String, Column> columns = new LinkedHashMap<>();
    private long rows;

    /** What stands in one column. */
    static final class Column {
        private long texts;
        private long flags;
        private long objects;
        private long others;
        private long messageLists;
        private long pairLists;
        private final Messages messages = new Messages();

        long filled() {
            return texts + flags + objects + others + messageLists + pairLists;
        }

        boolean isText() {
            return texts > filled() / 2;
        }

        boolean isFlag() {
            return flags > filled() / 2;
        }

        boolean isMessages() {
            return messageLists > filled() / 2;
        }

        boolean isMessage() {
            return objects > filled() / 2 && !messages.keys.isEmpty();
        }

        boolean isHistory() {
            return pairLists > filled() / 2;
        }

        Messages messages() {
            return messages;
        }

        private void add(Object value) {
            if (value instanceof String) {
                texts++;
            } else if (value instanceof Boolean) {
                flags++;
            } else if (value instanceof Map<?, ?> object) {
                objects++;
                messages.add(object);
            } else if (value instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Map<?, ?>) {
                messageLists++;
                list.forEach(element -> messages.add(element instanceof Map<?, ?> map ? map : Map.of()));
            } else if (value instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof List<?>) {
                pairLists++;
            } else {
                others++;
            }
        }
    }

    /** Keys of messages, and how often each text stands under each of them while they are few. */
    static final class Messages {
        private final Map<String, Map<String, Long>> keys = new LinkedHashMap<>();

        private void add(Map<?, ?> message) {
            message.forEach((key, value) -> {
                Map<String, Long> values = keys.computeIfAbsent(String.valueOf(key), name -> new TreeMap<>());
                if (value instanceof String text && (values.size() < MOST_ROLES || values.containsKey(text))) {
                    values.merge(text, 1L, Long::sum);
                }
            });
        }

        boolean has(String key) {
            return keys.containsKey(key);
        }

        /** Texts under a key with their counts. */
        Map<String, Long> values(String key) {
            return keys.getOrDefault(key, Map.of());
        }
    }

    void add(Row row) {
        rows++;
        row.values().forEach((name, value) -> {
            Column column = columns.computeIfAbsent(name, key -> new Column());
            if (value != null) {
                column.add(value);
            }
        });
    }

    long rows() {
        return rows;
    }

    Map<String, Column> columns() {
        return columns;
    }

    /** Rows in which each column has something. */
    Map<String, Long> filled() {
        Map<String, Long> filled = new LinkedHashMap<>();
        columns.forEach((name, column) -> filled.put(name, column.filled()));
        return filled;
    }
}
