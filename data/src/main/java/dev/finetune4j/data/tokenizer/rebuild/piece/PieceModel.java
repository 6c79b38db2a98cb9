package dev.finetune4j.data.tokenizer.rebuild.piece;

import java.util.List;

/**
 * A vocabulary of pieces and how text becomes them.
 *
 * @param pieces in the order of their ids
 * @param merges whether pieces grow by merging (byte-pair encoding); else the likeliest cut is taken (unigram)
 * @param bytes whether characters without a piece become their bytes
 * @param parts ids of the unknown, beginning, end and padding token
 */
public record PieceModel(List<Piece> pieces, boolean merges, boolean bytes, Parts parts, Normalization normalization) {
    /** Ids; negative where there is none. */
    public record Parts(int unknown, int begin, int end, int padding) {}

    /**
     * What happens to text first.
     *
     * @param charsmap a compiled table of character replacements, empty for none
     * @param prefix whether a blank is put in front
     * @param squeezes whether blanks at both ends go and runs of blanks become one
     */
    public record Normalization(byte[] charsmap, boolean prefix, boolean squeezes) {}

    public PieceModel {
        pieces = List.copyOf(pieces);
    }

    /** With other texts, one for each piece. */
    public PieceModel texts(List<String> texts) {
        List<Piece> renamed = new java.util.ArrayList<>(pieces.size());
        for (int i = 0; i < pieces.size(); i++) {
            renamed.add(pieces.get(i).text(texts.get(i)));
        }
        return new PieceModel(renamed, merges, bytes, parts, normalization);
    }
}
