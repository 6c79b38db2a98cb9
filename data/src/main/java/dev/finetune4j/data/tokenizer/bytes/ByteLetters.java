package dev.finetune4j.data.tokenizer.bytes;

/**
 * The letters that stand for bytes in the vocabulary of a byte-level encoding: the byte itself where it can be seen, else one
 * behind the first 256 characters (Radford et al. 2019, GPT-2).
 */
final class ByteLetters {
    private static final int BYTES = 256;
    private static final char[] LETTERS = letters();

    private ByteLetters() {}

    private static char[] letters() {
        char[] letters = new char[BYTES];
        char hidden = BYTES;
        for (int value = 0; value < BYTES; value++) {
            letters[value] = isVisible(value) ? (char) value : hidden++;
        }
        return letters;
    }

    private static boolean isVisible(int value) {
        return value >= '!' && value <= '~' || value >= 0xa1 && value <= 0xac || value >= 0xae && value <= 0xff;
    }

    /** The letter of a byte, of which the low eight bits count. */
    static char of(int value) {
        return LETTERS[value & 0xff];
    }

    /** One letter for each byte. */
    static String of(byte[] bytes) {
        StringBuilder letters = new StringBuilder(bytes.length);
        for (byte value : bytes) {
            letters.append(of(value));
        }
        return letters.toString();
    }
}
