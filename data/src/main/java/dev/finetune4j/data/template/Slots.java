package dev.finetune4j.data.template;

import java.util.ArrayList;
import java.util.List;

/**
 * The pieces around one kind of message, in order.
 *
 * @param slots at least one of them holds {@link #PLACEHOLDER}, unless the list is a prefix
 */
public record Slots(List<Slot> slots) {
    /** What the message's text replaces, once per piece. */
    public static final String PLACEHOLDER = "{{content}}";

    public static final Slots NONE = new Slots(List.of());

    public Slots {
        slots = List.copyOf(slots);
    }

    /** The pieces with the text filled in. */
    List<Slot> render(String content) {
        List<Slot> rendered = new ArrayList<>();
        for (Slot slot : slots) {
            rendered.add(slot instanceof Slot.Text text ? new Slot.Text(fill(text.text(), content)) : slot);
        }
        return rendered;
    }

    /** The text of the first piece with the content filled in; what the llama2 class puts in front of the first message. */
    String renderFirst(String content) {
        return slots.get(0) instanceof Slot.Text text ? fill(text.text(), content) : "";
    }

    boolean hasPlaceholder() {
        return slots.stream()
                .anyMatch(slot -> slot instanceof Slot.Text text && text.text().contains(PLACEHOLDER));
    }

    private static String fill(String text, String content) {
        int at = text.indexOf(PLACEHOLDER);
        return at < 0 ? text : text.substring(0, at) + content + text.substring(at + PLACEHOLDER.length());
    }
}
