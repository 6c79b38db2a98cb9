package dev.finetune4j.data.source;

/**
 * Halves of surrogate pairs that stand alone in a Java text, as an escape in JSON may leave them there or a text that was cut
 * at a bad place. They are no characters and no UTF-8 says them.
 */
public final class Surrogates {
    private Surrogates() {}

    /** Place of the first half that stands alone, -1 where there is none. */
    public static int alone(String text) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (!Character.isSurrogate(unit)) {
                continue;
            }
            boolean pair = Character.isHighSurrogate(unit)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (!pair) {
                return i;
            }
            i++;
        }
        return -1;
    }
}
