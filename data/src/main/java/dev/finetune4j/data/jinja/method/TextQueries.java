package dev.finetune4j.data.jinja.method;

import dev.finetune4j.data.jinja.python.Texts;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** Methods that say of which characters a text consists. */
public final class TextQueries {
    private TextQueries() {}

    static void declare(Map<String, Builtin> table) {
        every(table, "isalpha", Character::isLetter);
        every(table, "isalnum", c -> Character.isLetter(c) || isNumeric(c));
        every(table, "isdigit", c -> Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER || isSuperscript(c));
        every(table, "isdecimal", c -> Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER);
        every(table, "isnumeric", TextQueries::isNumeric);
        every(table, "isspace", Texts::isBlank);
        whole(table, "isascii", text -> text.chars().allMatch(c -> c < 0x80));
        whole(table, "isprintable", text -> text.codePoints().allMatch(Texts::isPrintable));
        whole(table, "isidentifier", TextQueries::isIdentifier);
        whole(table, "islower", TextQueries::isLower);
        whole(table, "isupper", TextQueries::isUpper);
        whole(table, "istitle", TextQueries::isTitle);
    }

    private static void every(Map<String, Builtin> table, String name, IntPredicate kind) {
        whole(table, name, text -> !text.isEmpty() && text.codePoints().allMatch(kind));
    }

    private static void whole(Map<String, Builtin> table, String name, Predicate<String> query) {
        TextMethods.declare(table, name + " /", (budget, self, bound) -> {
            budget.steps(self.length() / 16);
            return query.test(self);
        });
    }

    private static boolean isSuperscript(int c) {
        return c == 0xb2
                || c == 0xb3
                || c == 0xb9
                || c == 0x2070
                || (c >= 0x2074 && c <= 0x2079)
                || (c >= 0x2080 && c <= 0x2089);
    }

    private static boolean isNumeric(int c) {
        int type = Character.getType(c);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }

    private static boolean isIdentifier(String text) {
        if (text.isEmpty() || !(text.charAt(0) == '_' || Character.isUnicodeIdentifierStart(text.codePointAt(0)))) {
            return false;
        }
        return text.codePoints()
                .allMatch(c -> Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c));
    }

    public static boolean isLower(String text) {
        return text.codePoints().anyMatch(Character::isLowerCase)
                && text.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
    }

    public static boolean isUpper(String text) {
        return text.codePoints().anyMatch(Character::isUpperCase)
                && text.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
    }

    private static boolean isTitle(String text) {
        boolean inside = false;
        boolean any = false;
        for (int c : text.codePoints().toArray()) {
            boolean upper = Character.isUpperCase(c) || Character.isTitleCase(c);
            boolean lower = Character.isLowerCase(c);
            if (upper && inside || lower && !inside) {
                return false;
            }
            inside = upper || lower;
            any |= inside;
        }
        return any;
    }
}
