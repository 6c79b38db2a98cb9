package dev.finetune4j.data.tokenizer.rebuild.piece;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The pairs that a byte-pair encoding merges, worked out from pieces with scores: a piece can grow out of every two others
 * that it is made of, and what has the higher score grows first. Control tokens, bytes and the unknown never grow.
 */
final class PieceMerges {
    /** Longer ones are nowhere learnt; the bound keeps a file of nonsense from taking hours. */
    private static final int LONGEST = 1024;

    private record Merge(float score, int id, int cut, String left, String right) {}

    private PieceMerges() {}

    /** Pairs, first one first; those of one piece with the shorter left half first. */
    static ArrayNode of(List<Piece> pieces) {
        Set<String> texts = new HashSet<>();
        pieces.stream().filter(Piece::isText).forEach(piece -> texts.add(piece.text()));
        List<Merge> merges = new ArrayList<>();
        for (int id = 0; id < pieces.size(); id++) {
            if (pieces.get(id).isText() && pieces.get(id).text().length() <= LONGEST) {
                add(pieces.get(id), id, texts, merges);
            }
        }
        merges.sort(Comparator.comparingDouble((Merge merge) -> -merge.score())
                .thenComparingInt(Merge::id)
                .thenComparingInt(Merge::cut));
        ArrayNode pairs = JsonNodeFactory.instance.arrayNode(merges.size());
        merges.forEach(merge -> pairs.addArray().add(merge.left()).add(merge.right()));
        return pairs;
    }

    private static void add(Piece piece, int id, Set<String> texts, List<Merge> merges) {
        String text = piece.text();
        int cut = text.isEmpty() ? 0 : text.offsetByCodePoints(0, 1);
        while (cut < text.length()) {
            String left = text.substring(0, cut);
            String right = text.substring(cut);
            if (texts.contains(left) && texts.contains(right)) {
                merges.add(new Merge(rank(piece), id, cut, left, right));
            }
            cut = text.offsetByCodePoints(cut, 1);
        }
    }

    /** What a user defined goes before all that was learnt, whatever its score. */
    private static float rank(Piece piece) {
        return piece.kind() == Piece.Kind.USER_DEFINED ? Math.max(0, piece.score()) : piece.score();
    }
}
