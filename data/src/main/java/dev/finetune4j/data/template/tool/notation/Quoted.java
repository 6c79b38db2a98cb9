package dev.finetune4j.data.template.tool.notation;

import java.text.ParseException;

/** Texts in quotes with backslashes before what would end them. */
final class Quoted {
    private static final int HEX = 16;

    private Quoted() {}

    /** Moves over a text that starts here. */
    static void skip(TextScan scan) throws ParseException {
        char quote = scan.next();
        while (!scan.atEnd()) {
            char c = scan.next();
            if (c == quote) {
                return;
            }
            if (c == '\\' && !scan.atEnd()) {
                scan.next();
            }
        }
        throw new ParseException("a text without its end", scan.position());
    }

    /** A text as Python writes it, from its quote on. */
    static String python(TextScan scan) throws ParseException {
        char quote = scan.next();
        StringBuilder text = new StringBuilder();
        while (!scan.atEnd()) {
            char c = scan.next();
            if (c == quote) {
                return text.toString();
            }
            if (c == '\n') {
                break;
            }
            if (c == '\\' && !scan.atEnd()) {
                escape(scan, text);
            } else {
                text.append(c);
            }
        }
        throw new ParseException("a text without its end", scan.position());
    }

    private static void escape(TextScan scan, StringBuilder text) throws ParseException {
        char c = scan.next();
        switch (c) {
            case 'n' -> text.append('\n');
            case 't' -> text.append('\t');
            case 'r' -> text.append('\r');
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case 'x' -> text.appendCodePoint(hex(scan, 2));
            case 'u' -> text.appendCodePoint(hex(scan, 4));
            case 'U' -> text.appendCodePoint(hex(scan, 8));
            case '\\', '\'', '"', '/' -> text.append(c);
            case '\n' -> {
                // A line that goes on.
            }
            default -> text.append('\\').append(c);
        }
    }

    private static int hex(TextScan scan, int digits) throws ParseException {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = scan.atEnd() ? -1 : Character.digit(scan.next(), HEX);
            if (digit < 0) {
                throw new ParseException("not a character's number", scan.position());
            }
            value = value * HEX + digit;
        }
        if (!Character.isValidCodePoint(value)) {
            throw new ParseException("not a character's number", scan.position());
        }
        return value;
    }
}
