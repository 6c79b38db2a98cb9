package dev.finetune4j.data.jinja.syntax;

/**
 * A word of the language.
 *
 * @param value text, number, or the characters of the operator
 * @param line from 1
 */
record Token(Kind kind, Object value, int line) {
    /** What kind of word. */
    enum Kind {
        DATA,
        VARIABLE_BEGIN,
        VARIABLE_END,
        BLOCK_BEGIN,
        BLOCK_END,
        NAME,
        STRING,
        NUMBER,
        OPERATOR,
        END
    }

    boolean isName(String name) {
        return kind == Kind.NAME && value.equals(name);
    }

    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && value.equals(operator);
    }

    /** For messages. */
    String shown() {
        return switch (kind) {
            case END -> "the end of the template";
            case BLOCK_END -> "%}";
            case VARIABLE_END -> "}}";
            case BLOCK_BEGIN -> "{%";
            case VARIABLE_BEGIN -> "{{";
            case DATA -> "text";
            default -> "\"" + value + "\"";
        };
    }
}
