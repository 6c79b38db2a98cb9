package dev.finetune4j.data.tokenizer.rebuild;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.tokenizer.rebuild.piece.Piece;
import dev.finetune4j.data.tokenizer.rebuild.piece.PieceJson;
import dev.finetune4j.data.tokenizer.rebuild.piece.PieceModel;
import dev.finetune4j.data.tokenizer.rebuild.piece.SentencePieceFile;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A folder whose tokenizer is a SentencePiece model. */
final class PieceFolder {
    private static final String EXTRA = "<extra_id_";
    private static final Set<String> BY_LLAMA = Set.of("LlamaTokenizer", "CodeLlamaTokenizer");

    private final SourceFolder source;
    private final ObjectNode config;
    private final PieceModel file;
    private final TreeMap<Integer, String> texts = new TreeMap<>();
    private final Map<Integer, MatchedToken> added = new TreeMap<>();

    private PieceFolder(SourceFolder source, String name) {
        this.source = source;
        this.config = source.config().deepCopy();
        this.file = SentencePieceFile.read(source.where(name), source.bytes(name));
    }

    /** The tokenizer of the model file with that name. */
    static RebuiltTokenizer rebuild(SourceFolder source, String name) {
        if (WordRules.refuses(source.tokenizerClass())) {
            throw source.unsupported(
                    "the tokenizer class " + source.tokenizerClass()
                            + " changes the ids or the text of its SentencePiece model by code of its own, which is not known here.");
        }
        return new PieceFolder(source, name).rebuild();
    }

    private RebuiltTokenizer rebuild() {
        List<Piece> pieces = file.pieces();
        for (int id = 0; id < pieces.size(); id++) {
            Piece piece = pieces.get(id);
            texts.put(id, piece.text());
            if (piece.kind() == Piece.Kind.CONTROL || piece.kind() == Piece.Kind.USER_DEFINED) {
                added.put(id, MatchedToken.plain(piece.text(), piece.kind() == Piece.Kind.CONTROL));
            }
        }
        extraTokens();
        classTokens();
        AddedTokenFiles.read(source, texts, added);
        // These tokenizers look for their tokens in the text as given; prepared text has other blanks.
        added.replaceAll((id, token) -> token.asGiven());
        nameParts();
        PieceModel named = file.texts(List.copyOf(texts.values()));
        TokenizerParts parts = TokenizerParts.of(new PieceJson(named, prefix()));
        return new TokenizerDraft(source.path().toString(), parts, added, config).finish();
    }

    /** What the tokenizer's class adds where the config does not list it. */
    private void classTokens() {
        if (!AddedTokenFiles.areListed(source)) {
            int id = texts.size();
            for (JsonNode text : WordRules.pieceTokens(source.tokenizerClass())) {
                added.put(id++, MatchedToken.plain(text.asText(), true));
            }
        }
    }

    /** The sentinels that the class of T5 puts behind the pieces, the last one first. */
    private void extraTokens() {
        if (!source.tokenizerClass().equals("T5Tokenizer")) {
            return;
        }
        int count = config.path("extra_ids").asInt(100);
        ArrayNode listed = config.path("additional_special_tokens") instanceof ArrayNode present
                ? present
                : config.putArray("additional_special_tokens");
        boolean lists = !listed.isEmpty();
        for (int i = 0; i < count; i++) {
            String text = EXTRA + (count - 1 - i) + ">";
            added.put(file.pieces().size() + i, MatchedToken.plain(text, true));
            if (!lists) {
                listed.add(EXTRA + i + ">");
            }
        }
    }

    /** Special tokens that the config leaves out, as the model file has them. */
    private void nameParts() {
        PieceModel.Parts parts = file.parts();
        name("unk_token", parts.unknown());
        name("bos_token", parts.begin());
        name("eos_token", parts.end());
        name("pad_token", parts.padding());
    }

    private void name(String part, int id) {
        String text = id < 0 ? null : texts.get(id);
        if (text != null && !config.has(part)) {
            config.put(part, text);
        }
    }

    /**
     * SentencePiece itself, asked piece by piece between special tokens, puts a blank in front of each; {@code legacy} is
     * Transformers' name for that. Its Llama classes do it once a text unless told so.
     */
    private PieceJson.Prefix prefix() {
        boolean llama = BY_LLAMA.contains(source.tokenizerClass());
        boolean wanted = llama
                ? config.path("add_prefix_space").asBoolean(true)
                : file.normalization().prefix();
        if (!wanted) {
            return PieceJson.Prefix.NOWHERE;
        }
        return config.path("legacy").asBoolean(!llama) ? PieceJson.Prefix.SEGMENTS : PieceJson.Prefix.TEXT;
    }
}
