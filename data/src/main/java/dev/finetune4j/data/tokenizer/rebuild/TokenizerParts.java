package dev.finetune4j.data.tokenizer.rebuild;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.tokenizer.rebuild.WordRules.Rule;
import dev.finetune4j.data.tokenizer.rebuild.piece.PieceJson;
import java.util.List;
import java.util.Map;

/** The parts of a {@code tokenizer.json} that need no list of added tokens: how text is prepared, cut, encoded and decoded. */
record TokenizerParts(JsonNode normalizer, JsonNode preTokenizer, JsonNode decoder, ObjectNode model) {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    static TokenizerParts of(PieceJson pieces) {
        return new TokenizerParts(pieces.normalizer(), pieces.preTokenizer(), pieces.decoder(), pieces.model());
    }

    /**
     * A byte-level byte-pair encoding: words become letters that stand for their bytes, and pairs of those merge.
     *
     * @param vocabulary ids by text, in the letters that stand for bytes
     * @param merges pairs in order of their rank
     * @param wholeFirst whether a word that is a token is taken whole
     */
    static TokenizerParts bytes(Map<String, Integer> vocabulary, List<String[]> merges, Rule rule, boolean wholeFirst) {
        ObjectNode model = JSON.objectNode().put("type", "BPE");
        model.putNull("dropout");
        model.putNull("unk_token");
        model.putNull("continuing_subword_prefix");
        model.putNull("end_of_word_suffix");
        model.put("fuse_unk", false);
        model.put("byte_fallback", false);
        model.put("ignore_merges", wholeFirst);
        ObjectNode ids = model.putObject("vocab");
        vocabulary.forEach(ids::put);
        ArrayNode pairs = model.putArray("merges");
        merges.forEach(pair -> pairs.addArray().add(pair[0]).add(pair[1]));
        ObjectNode decoder = JSON.objectNode().put("type", "ByteLevel");
        decoder.put("add_prefix_space", true).put("trim_offsets", true).put("use_regex", true);
        return new TokenizerParts(rule.normalizer(), rule.preTokenizer(), decoder, model);
    }
}
