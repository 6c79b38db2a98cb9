package dev.finetune4j.data.template.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.finetune4j.core.error.TemplateException;

/** Words what is wrong with a JSON text, and where. */
final class JsonFault {
    private static final int AROUND = 60;

    private JsonFault() {}

    /** @param rule what the text should have been */
    static TemplateException in(String rule, String text, JsonProcessingException fault) {
        long offset = fault.getLocation() == null
                ? 0
                : Math.max(0, fault.getLocation().getCharOffset());
        return new TemplateException(
                rule + "; at character " + (offset + 1) + ": " + fault.getOriginalMessage() + ". Found "
                        + excerpt(text, (int) Math.min(offset, text.length())),
                fault);
    }

    /** The text around a place, the whole of it where it is short. */
    static String excerpt(String text, int at) {
        int from = text.length() <= 2 * AROUND ? 0 : Math.max(0, at - AROUND);
        int to = text.length() <= 2 * AROUND ? text.length() : Math.min(text.length(), at + AROUND);
        return (from > 0 ? "…" : "") + text.substring(from, to) + (to < text.length() ? "…" : "");
    }
}
