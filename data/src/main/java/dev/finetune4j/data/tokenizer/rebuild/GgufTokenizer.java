package dev.finetune4j.data.tokenizer.rebuild;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.gguf.GgufMetadata;
import dev.finetune4j.data.tokenizer.rebuild.WordRules.Conversion;
import dev.finetune4j.data.tokenizer.rebuild.piece.Piece;
import dev.finetune4j.data.tokenizer.rebuild.piece.PieceJson;
import dev.finetune4j.data.tokenizer.rebuild.piece.PieceModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The tokenizer in the metadata of a GGUF file, under {@code tokenizer.*}. */
final class GgufTokenizer {
    private static final String BYTES = "gpt2";
    private static final String PIECES = "llama";
    private static final String KEY = "tokenizer.ggml.";
    private static final String MERGES = KEY + "merges";
    private static final String CHAT = "tokenizer.chat_template";
    private static final String BLANK = "\u2581";

    private static final Map<String, String> PARTS = Map.of(
            "bos_token", "bos_token_id",
            "eos_token", "eos_token_id",
            "unk_token", "unknown_token_id",
            "pad_token", "padding_token_id",
            "sep_token", "seperator_token_id",
            "mask_token", "mask_token_id");

    private final GgufMetadata metadata;
    private final GgufTokens tokens;
    private final @Nullable Conversion conversion;

    private GgufTokenizer(GgufMetadata metadata, @Nullable Conversion conversion) {
        this.metadata = metadata;
        this.tokens = GgufTokens.of(metadata);
        this.conversion = conversion;
    }

    /** What transformers makes of the file; empty where it makes nothing that works. */
    static Optional<Conversion> conversion(GgufMetadata metadata) {
        return WordRules.ofTransformers(
                String.valueOf(metadata.text(KEY + "model", "")),
                String.valueOf(metadata.text("general.architecture", "")));
    }

    /**
     * @param conversion how transformers would make it; null for what the metadata say
     */
    static RebuiltTokenizer rebuild(GgufMetadata metadata, @Nullable Conversion conversion) {
        String model = metadata.text(KEY + "model");
        if (!model.equals(BYTES) && !model.equals(PIECES)) {
            throw new UnsupportedException(metadata.where() + ": the tokenizer is of the kind \"" + model
                    + "\" (tokenizer.ggml.model); \"" + PIECES + "\" (SentencePiece) and \"" + BYTES
                    + "\" (byte-level) can be read. Tune the model from its folder with a tokenizer.json.");
        }
        GgufTokenizer tokenizer = new GgufTokenizer(metadata, conversion);
        return model.equals(BYTES) ? tokenizer.bytes() : tokenizer.pieces();
    }

    private RebuiltTokenizer bytes() {
        WordRules.Rule rule = rule();
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (int id = 0; id < tokens.count(); id++) {
            // Transformers counts rows that only fill the list as tokens.
            if (conversion != null || !tokens.isPadding(id)) {
                ids.put(tokens.text(id), id);
            }
        }
        TokenizerParts parts = TokenizerParts.bytes(ids, merges(), rule, rule.wholeFirst());
        int unknown = tokens.id("unknown_token_id");
        if (conversion != null && conversion.unknown() && unknown >= 0) {
            parts.model().put("unk_token", tokens.text(unknown)).put("fuse_unk", true);
        }
        return new TokenizerDraft(metadata.where(), parts, added(), config(rule.addsBegin())).finish();
    }

    private WordRules.Rule rule() {
        return conversion == null ? named() : conversion.rule().orElseThrow();
    }

    private WordRules.Rule named() {
        String pre = text(KEY + "pre", "default");
        String architecture = text("general.architecture", "");
        return (pre.equals("default") ? WordRules.ofGgufArchitecture(architecture) : WordRules.ofGguf(pre))
                .orElseThrow(() -> new UnsupportedException(metadata.where()
                        + ": how the tokenizer cuts text into words is called \"" + pre
                        + "\" (tokenizer.ggml.pre), which is not known for the architecture \"" + architecture
                        + "\"; known are " + WordRules.known("gguf_pre")
                        + ". Tune the model from its folder with a tokenizer.json."));
    }

    private String text(String key, String otherwise) {
        return metadata.has(key) ? metadata.text(key) : otherwise;
    }

    private List<String[]> merges() {
        List<String[]> merges = new ArrayList<>();
        for (String pair : metadata.texts(MERGES)) {
            // A half may begin with a blank in vocabularies that are not of bytes.
            int blank = pair.indexOf(' ', 1);
            if (blank < 0 || blank == pair.length() - 1) {
                throw metadata.problem(
                        MERGES, "holds \"" + pair + "\", which is no pair. Take another copy of the model.");
            }
            merges.add(new String[] {pair.substring(0, blank), pair.substring(blank + 1)});
        }
        return merges;
    }

    private RebuiltTokenizer pieces() {
        List<Piece> pieces = scored();
        PieceModel.Parts parts = new PieceModel.Parts(unknown(), -1, -1, -1);
        boolean prefix = metadata.flag(KEY + "add_space_prefix", true);
        PieceModel model = new PieceModel(
                pieces,
                true,
                tokens.kinds().contains(Piece.Kind.BYTE),
                parts,
                new PieceModel.Normalization(
                        new byte[0], prefix, metadata.flag(KEY + "remove_extra_whitespaces", false)));
        PieceJson json = new PieceJson(model, prefix ? PieceJson.Prefix.SEGMENTS : PieceJson.Prefix.NOWHERE);
        TokenizerParts made = TokenizerParts.of(json);
        if (metadata.has(MERGES)) {
            ArrayNode pairs = made.model().putArray("merges");
            merges().forEach(pair -> pairs.addArray().add(pair[0]).add(pair[1]));
        }
        return new TokenizerDraft(metadata.where(), made, added(), config(true)).finish();
    }

    private List<Piece> scored() {
        float[] scores = metadata.floats(KEY + "scores");
        if (scores.length < tokens.count() && !metadata.has(MERGES)) {
            throw metadata.problem(
                    KEY + "scores",
                    "has " + scores.length + " entries for " + tokens.count()
                            + " tokens. Take another copy of the model, or convert it again.");
        }
        List<Piece> pieces = new ArrayList<>();
        for (int id = 0; id < tokens.count() - tokens.paddingAtEnd(); id++) {
            pieces.add(new Piece(blanked(id), id < scores.length ? scores[id] : 0, tokens.kind(id)));
        }
        return pieces;
    }

    /** Runs of blanks that a user defined are stored as such; in a vocabulary of pieces they are the sign for a blank. */
    private String blanked(int id) {
        String text = tokens.text(id);
        boolean blanks =
                tokens.kind(id) == Piece.Kind.USER_DEFINED && text.chars().allMatch(c -> c == ' ');
        return blanks ? BLANK.repeat(text.length()) : text;
    }

    private int unknown() {
        int given = tokens.id("unknown_token_id");
        return given >= 0 ? given : Math.max(0, tokens.kinds().indexOf(Piece.Kind.UNKNOWN));
    }

    private Map<Integer, MatchedToken> added() {
        Map<Integer, MatchedToken> added = new TreeMap<>();
        if (conversion != null) {
            converted(conversion, added);
            return added;
        }
        for (int id = 0; id < tokens.count(); id++) {
            Piece.Kind kind = tokens.kind(id);
            boolean special = kind == Piece.Kind.CONTROL || kind == Piece.Kind.UNKNOWN;
            if (special || kind == Piece.Kind.USER_DEFINED) {
                added.put(id, MatchedToken.plain(blanked(id), special));
            }
        }
        return added;
    }

    /** Transformers finds control tokens or tokens of its own as a whole, and no others. */
    private void converted(Conversion conversion, Map<Integer, MatchedToken> added) {
        if (conversion.added() == null) {
            for (int id = 0; id < tokens.count(); id++) {
                if (tokens.kind(id) == Piece.Kind.CONTROL) {
                    added.put(id, MatchedToken.plain(tokens.text(id), true));
                }
            }
            return;
        }
        int next = tokens.count();
        for (String text : conversion.added()) {
            int known = tokens.texts().indexOf(text);
            added.put(known < 0 ? next++ : known, MatchedToken.plain(text, true));
        }
    }

    /** Neither a frame nor a longest text: what transformers writes names none. */
    private ObjectNode config(Conversion conversion) {
        ObjectNode config = SourceFolder.MAPPER.createObjectNode();
        conversion.special().forEach(config::put);
        conversion.ids().forEach((name, key) -> {
            if (tokens.id(key) >= 0) {
                config.put(name, tokens.text(tokens.id(key)));
            }
        });
        config.put("add_bos_token", false).put("add_eos_token", false).put("clean_up_tokenization_spaces", false);
        chatTemplates(config);
        return config;
    }

    private ObjectNode config(boolean addsBegin) {
        if (conversion != null) {
            return config(conversion);
        }
        ObjectNode config = SourceFolder.MAPPER.createObjectNode();
        for (String name : TokenizerDraft.NAMED) {
            int id = PARTS.containsKey(name) ? tokens.id(PARTS.get(name)) : -1;
            if (id >= 0) {
                config.put(name, blanked(id));
            }
        }
        config.put("add_bos_token", metadata.flag(KEY + "add_bos_token", addsBegin));
        config.put("add_eos_token", metadata.flag(KEY + "add_eos_token", false));
        config.put("clean_up_tokenization_spaces", false);
        long context = metadata.integer(text("general.architecture", "") + ".context_length", 0);
        if (context > 0) {
            config.put("model_max_length", context);
        }
        chatTemplates(config);
        return config;
    }

    private void chatTemplates(ObjectNode config) {
        String main = metadata.text(CHAT, null);
        List<String> names = metadata.texts("tokenizer.chat_templates");
        if (names.isEmpty()) {
            if (main != null) {
                config.put("chat_template", main);
            }
            return;
        }
        ArrayNode templates = config.putArray("chat_template");
        if (main != null) {
            templates.addObject().put("name", "default").put("template", main);
        }
        for (String name : names) {
            templates.addObject().put("name", name).put("template", metadata.text(CHAT + "." + name));
        }
    }
}
