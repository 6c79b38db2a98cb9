package dev.finetune4j.data.tokenizer.rebuild;

import dev.finetune4j.core.gguf.GgufMetadata;
import dev.finetune4j.data.tokenizer.rebuild.piece.Piece;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** The tokens of a GGUF file and what they stand for, one of each for every id. */
record GgufTokens(GgufMetadata metadata, List<String> texts, List<Piece.Kind> kinds) {
    private static final String TOKENS = "tokenizer.ggml.tokens";
    private static final String TYPES = "tokenizer.ggml.token_type";
    private static final Pattern BYTE = Pattern.compile("<0x[0-9A-F]{2}>");

    static GgufTokens of(GgufMetadata metadata) {
        List<String> texts = metadata.texts(TOKENS);
        if (texts.isEmpty()) {
            throw metadata.problem(TOKENS, "is missing or empty. Take another copy of the model, or convert it again.");
        }
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < texts.size(); id++) {
            Integer before = ids.put(texts.get(id), id);
            if (before != null) {
                throw metadata.problem(
                        TOKENS,
                        "holds \"" + texts.get(id) + "\" twice, as " + before + " and " + id
                                + ". Take another copy of the model, or convert it again.");
            }
        }
        return new GgufTokens(metadata, texts, kinds(metadata, texts));
    }

    private static List<Piece.Kind> kinds(GgufMetadata metadata, List<String> texts) {
        int[] types = metadata.ints(TYPES);
        if (metadata.has(TYPES) && types.length != texts.size()) {
            throw metadata.problem(
                    TYPES,
                    "has " + types.length + " entries for " + texts.size()
                            + " tokens. Take another copy of the model, or convert it again.");
        }
        List<Piece.Kind> kinds = new ArrayList<>(texts.size());
        for (int id = 0; id < texts.size(); id++) {
            boolean isByte = BYTE.matcher(texts.get(id)).matches();
            Piece.Kind guessed = isByte ? Piece.Kind.BYTE : Piece.Kind.NORMAL;
            kinds.add(types.length == 0 ? guessed : Piece.Kind.of(types[id]));
        }
        return kinds;
    }

    int count() {
        return texts.size();
    }

    String text(int id) {
        return texts.get(id);
    }

    Piece.Kind kind(int id) {
        return kinds.get(id);
    }

    /** Whether the entry only fills the list up to the number of embedding rows. */
    boolean isPadding(int id) {
        return kind(id) == Piece.Kind.UNUSED && text(id).equals("[PAD" + id + "]");
    }

    int paddingAtEnd() {
        int id = count();
        while (id > 0 && isPadding(id - 1)) {
            id--;
        }
        return count() - id;
    }

    /** Id of a part by the last word of its key; negative where the file names none. */
    int id(String key) {
        OptionalLong id = metadata.integerIfAny("tokenizer.ggml." + key);
        if (id.isEmpty()) {
            return -1;
        }
        // Converters write all bits set for "none".
        long none = 0xffffffffL;
        if (id.getAsLong() == none || id.getAsLong() == -1) {
            return -1;
        }
        if (id.getAsLong() < 0 || id.getAsLong() >= count()) {
            throw metadata.problem(
                    "tokenizer.ggml." + key,
                    "is " + id.getAsLong() + ", but there are " + count()
                            + " tokens. Take another copy of the model, or convert it again.");
        }
        return (int) id.getAsLong();
    }
}
