package dev.finetune4j.data.jinja.syntax;

/** The escapes of a quoted text: Python's, applied to its ASCII form. */
final class StringLiteral {
    private final String text;
    private final int line;
    private final StringBuilder out = new StringBuilder();
    private int at;

    private StringLiteral(String text, int line) {
        this.text = text;
        this.line = line;
    }

    /** @param inner what stands between the quotes */
    static String unescape(String inner, int line) {
        return inner.indexOf('\\') < 0 ? inner : new StringLiteral(inner, line).run();
    }

    private String run() {
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c != '\\') {
                out.append(c);
            } else if (at == text.length()) {
                throw Refusal.at(line, "a text ends in a single \\");
            } else {
                escape(text.charAt(at++));
            }
        }
        return out.toString();
    }

    private void escape(char c) {
        switch (c) {
            case '\n' -> {}
            case '\\', '\'', '"' -> out.append(c);
            case 'a' -> out.append('\u0007');
            case 'b' -> out.append('\b');
            case 'f' -> out.append('\f');
            case 'n' -> out.append('\n');
            case 'r' -> out.append('\r');
            case 't' -> out.append('\t');
            case 'v' -> out.append('\u000b');
            case 'x' -> code(2);
            case 'u' -> code(4);
            case 'U' -> code(8);
            case 'N' -> throw Refusal.at(line, "\\N{...} is not supported; write the character itself");
            default -> {
                if (c >= '0' && c <= '7') {
                    octal();
                } else {
                    unknown(c);
                }
            }
        }
    }

    /** An unknown escape stays; other characters than ASCII are spelled out first, as the reference does. */
    private void unknown(char c) {
        if (c < 0x80) {
            out.append('\\').append(c);
        } else {
            out.append(c < 0x100 ? String.format("\\x%02x", (int) c) : String.format("\\u%04x", (int) c));
        }
    }

    private void octal() {
        at--;
        int code = 0;
        for (int digits = 0; digits < 3 && at < text.length(); digits++, at++) {
            int digit = text.charAt(at) - '0';
            if (digit < 0 || digit > 7) {
                break;
            }
            code = code * 8 + digit;
        }
        out.append((char) code);
    }

    private void code(int digits) {
        int code = 0;
        for (int i = 0; i < digits; i++, at++) {
            int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
            if (digit < 0) {
                throw Refusal.at(line, "an escape needs " + digits + " hexadecimal digits");
            }
            code = code * 16 + digit;
        }
        if (!Character.isValidCodePoint(code)) {
            throw Refusal.at(line, "an escape names no character");
        }
        out.appendCodePoint(code);
    }
}
