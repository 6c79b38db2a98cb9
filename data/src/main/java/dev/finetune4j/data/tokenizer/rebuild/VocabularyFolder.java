package dev.finetune4j.data.tokenizer.rebuild;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.DataException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A folder whose tokenizer is {@code vocab.json} and {@code merges.txt}, in the letters that stand for bytes. */
final class VocabularyFolder {
    static final String VOCABULARY = "vocab.json";
    static final String MERGES = "merges.txt";

    private VocabularyFolder() {}

    static RebuiltTokenizer rebuild(SourceFolder source) {
        WordRules.Rule rule = WordRules.ofFolder(source.modelType(), source.tokenizerClass())
                .orElseThrow(
                        () -> source.unsupported("how this tokenizer cuts text into words is not known for the model"
                                + " type \"" + source.modelType() + "\" and the tokenizer class \""
                                + source.tokenizerClass()
                                + "\"; known are the model types " + WordRules.known("model_types") + "."));
        if (source.config().path("add_prefix_space").asBoolean(false)) {
            throw source.unsupported("add_prefix_space is true, which is not known of a tokenizer of this kind.");
        }
        TreeMap<Integer, String> texts = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : source.object(VOCABULARY).properties()) {
            String before = texts.put(entry.getValue().asInt(-1), entry.getKey());
            if (!entry.getValue().canConvertToInt() || entry.getValue().intValue() < 0 || before != null) {
                throw new DataException(
                        source.where(VOCABULARY),
                        "The token \"" + entry.getKey() + "\" has the id " + entry.getValue()
                                + (before == null ? "" : ", as has \"" + before + "\"")
                                + ". Copy the file from the model again.");
            }
        }
        Map<Integer, MatchedToken> added = new TreeMap<>();
        AddedTokenFiles.read(source, texts, added);
        Map<String, Integer> ids = new LinkedHashMap<>();
        texts.forEach((id, text) -> ids.put(text, id));
        List<String[]> merges = merges(source, ids);
        TokenizerParts parts = TokenizerParts.bytes(ids, merges, rule, rule.wholeFirst());
        ObjectNode config = source.config().deepCopy();
        return new TokenizerDraft(source.path().toString(), parts, added, config).finish();
    }

    private static List<String[]> merges(SourceFolder source, Map<String, Integer> ids) {
        List<String[]> merges = new ArrayList<>();
        String text = new String(source.bytes(MERGES), StandardCharsets.UTF_8);
        int number = 0;
        // Lines end with the line feed alone: other ends of lines are tokens in some vocabularies.
        for (String line : text.split("\n")) {
            number++;
            if (line.isEmpty() || line.startsWith("#version")) {
                continue;
            }
            String[] pair = line.split(" ", -1);
            if (pair.length != 2 || !ids.containsKey(pair[0] + pair[1])) {
                throw new DataException(
                        source.where(MERGES) + ":" + number,
                        "\"" + line + "\" is no pair of tokens that the vocabulary has joined. Copy " + VOCABULARY
                                + " and " + MERGES + " from one revision of the model.");
            }
            merges.add(pair);
        }
        return merges;
    }
}
