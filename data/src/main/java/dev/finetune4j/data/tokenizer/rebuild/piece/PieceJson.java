package dev.finetune4j.data.tokenizer.rebuild.piece;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.List;

/** The parts of a {@code tokenizer.json} that do what a model of pieces does. */
public final class PieceJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String BLANK = "\u2581";

    private final PieceModel model;
    private final Prefix prefix;

    /** Where a blank is put in front. */
    public enum Prefix {
        NOWHERE,
        /** Of the text, unless it has one. */
        TEXT,
        /** Of the text and of everything behind a special token. */
        SEGMENTS
    }

    public PieceJson(PieceModel model, Prefix prefix) {
        this.model = model;
        this.prefix = prefix;
    }

    /** The normalizer; null for none. */
    public JsonNode normalizer() {
        ArrayNode steps = JSON.arrayNode();
        PieceModel.Normalization first = model.normalization();
        if (first.charsmap().length > 0) {
            String table = Base64.getEncoder().encodeToString(first.charsmap());
            steps.add(typed("Precompiled").put("precompiled_charsmap", table));
        }
        if (first.squeezes()) {
            steps.add(replace("Regex", "\\A +| +\\z", ""));
            steps.add(replace("Regex", " {2,}", " "));
        }
        if (prefix == Prefix.SEGMENTS) {
            steps.add(typed("Prepend").put("prepend", BLANK));
        }
        if (prefix != Prefix.TEXT) {
            steps.add(replace("String", " ", BLANK));
        }
        if (steps.isEmpty()) {
            return JSON.nullNode();
        }
        ObjectNode all = typed("Sequence");
        all.set("normalizers", steps);
        return all;
    }

    /** The step that cuts text; it cuts nothing here, for pieces may span words. */
    public JsonNode preTokenizer() {
        return prefix == Prefix.TEXT
                ? typed("Metaspace")
                        .put("replacement", BLANK)
                        .put("prepend_scheme", "first")
                        .put("split", false)
                : JSON.nullNode();
    }

    /** The way back to text. */
    public ObjectNode decoder() {
        ObjectNode all = typed("Sequence");
        ArrayNode steps = all.putArray("decoders");
        steps.add(replace("String", BLANK, " "));
        if (model.bytes()) {
            steps.add(typed("ByteFallback"));
        }
        steps.add(typed("Fuse"));
        if (prefix != Prefix.NOWHERE) {
            steps.add(typed("Strip").put("content", " ").put("start", 1).put("stop", 0));
        }
        return all;
    }

    /** Vocabulary and rule. */
    public ObjectNode model() {
        return model.merges() ? merging() : unigram();
    }

    private ObjectNode merging() {
        ObjectNode json = typed("BPE");
        json.putNull("dropout");
        json.put("unk_token", model.pieces().get(model.parts().unknown()).text());
        json.putNull("continuing_subword_prefix");
        json.putNull("end_of_word_suffix");
        json.put("fuse_unk", true);
        json.put("byte_fallback", model.bytes());
        json.put("ignore_merges", false);
        ObjectNode vocabulary = json.putObject("vocab");
        for (int id = 0; id < model.pieces().size(); id++) {
            vocabulary.put(model.pieces().get(id).text(), id);
        }
        json.set("merges", PieceMerges.of(model.pieces()));
        return json;
    }

    private ObjectNode unigram() {
        ObjectNode json = typed("Unigram");
        json.put("unk_id", model.parts().unknown());
        json.put("byte_fallback", model.bytes());
        ArrayNode vocabulary = json.putArray("vocab");
        float never = never(model.pieces());
        for (Piece piece : model.pieces()) {
            vocabulary.addArray().add(piece.text()).add((double) (piece.isText() ? piece.score() : never));
        }
        return json;
    }

    /**
     * A score with which a piece never stands in for the characters of its name. The library looks for every entry of a
     * unigram vocabulary in the text, and files give 0, the best of all scores, to entries that are not text.
     */
    private static float never(List<Piece> pieces) {
        float least = 0;
        int longest = 0;
        for (Piece piece : pieces) {
            if (piece.isText()) {
                least = Math.min(least, piece.score());
            } else {
                longest = Math.max(longest, piece.text().length());
            }
        }
        return (least - 1) * (longest + 1);
    }

    private static ObjectNode replace(String kind, String pattern, String content) {
        ObjectNode step = typed("Replace");
        step.putObject("pattern").put(kind, pattern);
        return step.put("content", content);
    }

    private static ObjectNode typed(String type) {
        return JSON.objectNode().put("type", type);
    }
}
