package dev.finetune4j.data.jinja.python;

/** Texts as Python sees them: a place is a code point, blank is what Unicode calls so. */
public final class Texts {
    private Texts() {}

    /** Code points. */
    public static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private static boolean simple(String text) {
        return length(text) == text.length();
    }

    /** Code points from one place to another, both within the text. */
    public static String cut(String text, int from, int to) {
        if (from >= to) {
            return "";
        }
        if (simple(text)) {
            return text.substring(from, to);
        }
        int begin = text.offsetByCodePoints(0, from);
        return text.substring(begin, text.offsetByCodePoints(begin, to - from));
    }

    /** Index in chars of the place of a code point. */
    public static int offset(String text, int place) {
        return simple(text) ? place : text.offsetByCodePoints(0, place);
    }

    /** Place of a code point from an index in chars; a negative index stays as it is. */
    public static int place(String text, int offset) {
        return offset < 0 ? offset : text.codePointCount(0, offset);
    }

    public static boolean isBlank(int c) {
        if (c < 0x80) {
            return c == ' ' || (c >= 9 && c <= 13) || (c >= 0x1c && c <= 0x1f);
        }
        return c == 0x85
                || c == 0xa0
                || c == 0x1680
                || (c >= 0x2000 && c <= 0x200a)
                || c == 0x2028
                || c == 0x2029
                || c == 0x202f
                || c == 0x205f
                || c == 0x3000;
    }

    public static String strip(String text) {
        return stripEnd(stripStart(text));
    }

    public static String stripStart(String text) {
        int from = 0;
        while (from < text.length() && isBlank(text.charAt(from))) {
            from++;
        }
        return text.substring(from);
    }

    public static String stripEnd(String text) {
        int to = text.length();
        while (to > 0 && isBlank(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(0, to);
    }

    /** Without leading characters that are among the given ones. */
    public static String stripStart(String text, String characters) {
        int from = 0;
        while (from < text.length()) {
            int c = text.codePointAt(from);
            if (characters.indexOf(c) < 0) {
                break;
            }
            from += Character.charCount(c);
        }
        return text.substring(from);
    }

    /** Without trailing characters that are among the given ones. */
    public static String stripEnd(String text, String characters) {
        int to = text.length();
        while (to > 0) {
            int c = text.codePointBefore(to);
            if (characters.indexOf(c) < 0) {
                break;
            }
            to -= Character.charCount(c);
        }
        return text.substring(0, to);
    }

    /** Whether Python breaks lines at that character. */
    public static boolean isLineBreak(int c) {
        return (c >= 10 && c <= 13) || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    /** Whether Python prints that character as it is inside a quoted text. */
    public static boolean isPrintable(int c) {
        if (c < 0x7f) {
            return c >= 0x20;
        }
        int type = Character.getType(c);
        return type != Character.CONTROL
                && type != Character.FORMAT
                && type != Character.SURROGATE
                && type != Character.PRIVATE_USE
                && type != Character.UNASSIGNED
                && type != Character.LINE_SEPARATOR
                && type != Character.PARAGRAPH_SEPARATOR
                && type != Character.SPACE_SEPARATOR;
    }
}
