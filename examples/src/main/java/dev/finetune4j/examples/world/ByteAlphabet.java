package dev.finetune4j.examples.world;

import java.nio.charset.StandardCharsets;

/**
 * The 256 printable characters that stand for the 256 bytes in a byte-level BPE: a byte that is a printable Latin-1
 * character stands for itself, the others take the code points from 256 on in their order (Radford et al. 2019,
 * section 2.2, and the encoder published with it).
 */
final class ByteAlphabet {

    private static final char[] CHARACTERS = characters();

    private ByteAlphabet() {}

    private static char[] characters() {
        char[] characters = new char[256];
        char next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b > 32 && b < 127) || (b > 160 && b != 173);
            characters[b] = printable ? (char) b : next++;
        }
        return characters;
    }

    /** The character that stands for a byte, 0 to 255. */
    static char of(int unsignedByte) {
        return CHARACTERS[unsignedByte];
    }

    /** The text's UTF-8 bytes, one character each. */
    static String spell(String text) {
        StringBuilder spelled = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            spelled.append(CHARACTERS[b & 0xff]);
        }
        return spelled.toString();
    }
}
