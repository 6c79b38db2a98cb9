package dev.finetune4j.data.format;

import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.conversation.Media;
import dev.finetune4j.data.format.Fields.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Message contents that are lists of parts: texts stay, media leave a placeholder in the text and join a list. */
final class ContentParts {
    private static final Map<String, String> PLACEHOLDERS =
            Map.of("image", "<image>", "video", "<video>", "audio", "<audio>");

    private final DatasetEntry entry;
    private final List<Object> images = new ArrayList<>();
    private final List<Object> videos = new ArrayList<>();
    private final List<Object> audios = new ArrayList<>();

    ContentParts(DatasetEntry entry) {
        this.entry = entry;
    }

    /** Text of a content that is a text or a list of parts. */
    String text(@Nullable Object content, String field) throws Fault {
        if (!(content instanceof List<?> parts)) {
            if (content instanceof String) {
                return Fields.text(content, field);
            }
            throw new Fault(field, "expected a text or a list of parts", Fields.describe(content));
        }
        StringBuilder text = new StringBuilder();
        boolean behindText = false;
        for (int i = 0; i < parts.size(); i++) {
            String place = field + "[" + i + "]";
            Object part = parts.get(i);
            Map<?, ?> object =
                    part instanceof String plain ? Map.of("type", "text", "text", plain) : Fields.object(part, place);
            String type = Fields.text(object.get("type"), place + ".type");
            boolean isText = type.equals("text") || type.endsWith("_text");
            if (isText) {
                text.append(behindText ? "\n" : "").append(Fields.text(object.get("text"), place + ".text"));
            } else {
                text.append(placeholder(type, object, place));
            }
            behindText = isText;
        }
        return text.toString();
    }

    private String placeholder(String type, Map<?, ?> part, String place) throws Fault {
        String kind = type.replace("input_", "").replace("_url", "");
        String placeholder = PLACEHOLDERS.get(kind);
        if (placeholder == null) {
            throw new Fault(place + ".type", "expected one of text, image_url, video_url, input_audio", type);
        }
        Object value = part.get(type) == null ? part.get(kind) : part.get(type);
        if (value instanceof Map<?, ?> address && address.get("url") != null) {
            value = address.get("url");
        }
        if (value == null) {
            throw new Fault(place + "." + type, "expected a path, an address or data", "nothing");
        }
        list(kind).add(value instanceof String path ? Fields.located(path, entry) : value);
        return placeholder;
    }

    private List<Object> list(String kind) {
        return kind.equals("image") ? images : kind.equals("video") ? videos : audios;
    }

    /** What the row's media columns hold, and then the media of the parts read so far. */
    Media behind(Media columns) {
        return new Media(
                both(columns.images(), images), both(columns.videos(), videos), both(columns.audios(), audios));
    }

    private static List<Object> both(List<Object> first, List<Object> second) {
        List<Object> both = new ArrayList<>(first);
        both.addAll(second);
        return both;
    }
}
