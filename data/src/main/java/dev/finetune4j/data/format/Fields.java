package dev.finetune4j.data.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.finetune4j.data.catalog.Columns;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.conversation.Media;
import dev.finetune4j.data.source.PythonJson;
import dev.finetune4j.data.source.Row;
import dev.finetune4j.data.source.Surrogates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the values of one row by column name and words what is wrong with them. */
final class Fields {
    private final Row row;
    private final boolean likeLlamaFactory;

    /** @param likeLlamaFactory whether tools may be any text, as where a template writes them as they are */
    Fields(Row row, boolean likeLlamaFactory) {
        this.row = row;
        this.likeLlamaFactory = likeLlamaFactory;
    }

    /** Value of a column, null where the entry maps none or the row has none. */
    @Nullable
    Object value(@Nullable String column) {
        return column == null ? null : row.value(column);
    }

    /**
     * Text of a column, empty where absent.
     *
     * @throws Fault if something else stands there
     */
    String text(@Nullable String column) throws Fault {
        Object value = value(column);
        if (value == null) {
            return "";
        }
        return text(value, String.valueOf(column));
    }

    /**
     * Tools as JSON text: the text of the column, or the list or single object that stands there instead.
     *
     * @throws Fault if the text is not JSON
     */
    String tools(@Nullable String column) throws Fault {
        Object value = value(column);
        if (value instanceof Map<?, ?> single) {
            return PythonJson.write(List.of(single));
        }
        if (value instanceof List<?>) {
            return PythonJson.write(value);
        }
        String text = text(column);
        if (!text.isBlank() && !likeLlamaFactory) {
            json(text, String.valueOf(column), "expected a JSON list of tools");
        }
        return text;
    }

    /** The value of a JSON text. */
    static @Nullable Object json(String text, String field, String rule) throws Fault {
        try {
            return PythonJson.parse(text);
        } catch (JsonProcessingException e) {
            long at = e.getLocation() == null ? 0 : e.getLocation().getCharOffset();
            throw new Fault(field, rule, "at character " + (at + 1) + ": " + e.getOriginalMessage());
        }
    }

    /** @param field path for the message */
    static String text(@Nullable Object value, String field) throws Fault {
        if (!(value instanceof String text)) {
            throw new Fault(field, "expected a text", describe(value));
        }
        int alone = Surrogates.alone(text);
        if (alone >= 0) {
            throw new Fault(field, "expected a text of whole characters", "half a surrogate pair at place " + alone);
        }
        return text;
    }

    static Map<?, ?> object(@Nullable Object value, String field) throws Fault {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new Fault(field, "expected an object", describe(value));
    }

    static List<?> list(@Nullable Object value, String field) throws Fault {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new Fault(field, "expected a list", describe(value));
    }

    /** Media of the three media columns; relative paths are joined to the folder of the data set where a file is there. */
    Media media(DatasetEntry entry) {
        Columns columns = entry.columns();
        if (columns.images() == null && columns.videos() == null && columns.audios() == null) {
            return Media.NONE;
        }
        return new Media(
                mediaList(columns.images(), entry),
                mediaList(columns.videos(), entry),
                mediaList(columns.audios(), entry));
    }

    private List<Object> mediaList(@Nullable String column, DatasetEntry entry) {
        Object value = value(column);
        List<Object> media = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object element : list) {
                if (element != null) {
                    media.add(element);
                }
            }
        } else if (value != null) {
            media.add(value);
        }
        media.replaceAll(element -> element instanceof String path ? located(path, entry) : element);
        return media;
    }

    /** A path joined to the folder of the data set where a file is there. */
    static String located(String path, DatasetEntry entry) {
        Path folder = entry.location().getParent();
        Path joined = folder == null ? Path.of(path) : folder.resolve(path);
        return Files.isRegularFile(joined) ? joined.toString() : path;
    }

    static String describe(@Nullable Object value) {
        if (value == null) {
            return "nothing";
        }
        return value instanceof String text ? '"' + text + '"' : value.toString();
    }

    /** A fault of the row; never leaves this package. */
    static final class Fault extends Exception {
        private static final long serialVersionUID = 1L;

        private final String field;
        private final String rule;
        private final String found;

        Fault(String field, String rule, String found) {
            super(rule, null, false, false);
            this.field = field;
            this.rule = rule;
            this.found = found;
        }

        Reading in(Row row) {
            return Reading.rejected(row.provenance(), field, rule, found);
        }
    }
}
