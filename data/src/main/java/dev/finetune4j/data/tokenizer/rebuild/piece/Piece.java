package dev.finetune4j.data.tokenizer.rebuild.piece;

/**
 * One entry of a vocabulary of pieces.
 *
 * @param score logarithm of its probability, or for merged pieces its rank counted downwards
 */
public record Piece(String text, float score, Kind kind) {
    /** What a piece stands for, in the order of the numbers that model files use from 1 on. */
    public enum Kind {
        NORMAL,
        UNKNOWN,
        CONTROL,
        USER_DEFINED,
        UNUSED,
        BYTE;

        private static final Kind[] ALL = values();

        /** By the number in a file; numbers from elsewhere count as normal. */
        public static Kind of(long number) {
            return number >= 1 && number <= ALL.length ? ALL[(int) number - 1] : NORMAL;
        }
    }

    /** Whether text can become this piece; the others are written by rule or by name. */
    boolean isText() {
        return kind == Kind.NORMAL || kind == Kind.USER_DEFINED || kind == Kind.UNUSED;
    }

    public Piece text(String other) {
        return new Piece(other, score, kind);
    }
}
