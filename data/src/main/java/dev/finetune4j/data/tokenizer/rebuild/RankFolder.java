package dev.finetune4j.data.tokenizer.rebuild;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.tokenizer.bytes.RankFile;
import dev.finetune4j.data.tokenizer.bytes.TekkenFile;
import java.util.Map;
import java.util.TreeMap;

/** A folder whose tokenizer is a file of ranks. Words and special tokens are the family's, from the table, or in the file. */
final class RankFolder {
    static final String TEKKEN = "tekken.json";

    private RankFolder() {}

    /** The tokenizer of a file that holds its own words and special tokens. */
    static RebuiltTokenizer rebuildTekken(SourceFolder source) {
        TekkenFile file = TekkenFile.read(source.where(TEKKEN), source.object(TEKKEN), WordRules.tekkenTokens());
        TreeMap<Integer, String> texts = new TreeMap<>();
        Map<Integer, MatchedToken> added = new TreeMap<>();
        file.special().forEach((text, control) -> added.put(added.size(), MatchedToken.plain(text, control)));
        file.ranks().ranks().forEach((text, id) -> texts.put(id, text));
        AddedTokenFiles.read(source, texts, added);
        ObjectNode config = source.config().deepCopy();
        name(config, "unk_token", "<unk>", added);
        name(config, "bos_token", "<s>", added);
        name(config, "eos_token", "</s>", added);
        name(config, "pad_token", "<pad>", added);
        if (!config.has("add_bos_token")) {
            config.put("add_bos_token", true);
        }
        WordRules.Rule rule = WordRules.cutting(file.pattern());
        TokenizerParts parts =
                TokenizerParts.bytes(file.ranks().ranks(), file.ranks().merges(), rule, rule.wholeFirst());
        return new TokenizerDraft(source.path().toString(), parts, added, config).finish();
    }

    static RebuiltTokenizer rebuild(SourceFolder source, String name) {
        WordRules.RankFamily family = WordRules.ofRanks(source.modelType()).orElseThrow(() -> unknown(source, name));
        RankFile file = RankFile.read(source.where(name), source.bytes(name));
        TreeMap<Integer, String> texts = new TreeMap<>();
        file.ranks().forEach((text, id) -> texts.put(id, text));
        Map<Integer, MatchedToken> added = new TreeMap<>();
        if (!AddedTokenFiles.areListed(source)) {
            familyTokens(source, name, family.special(), texts, added);
        }
        AddedTokenFiles.read(source, texts, added);
        ObjectNode config = source.config().deepCopy();
        name(config, "bos_token", family.begin(), added);
        name(config, "eos_token", family.end(), added);
        TokenizerParts parts = TokenizerParts.bytes(file.ranks(), file.merges(), family.rule(), true);
        return new TokenizerDraft(source.path().toString(), parts, added, config).finish();
    }

    private static void familyTokens(
            SourceFolder source,
            String name,
            JsonNode special,
            TreeMap<Integer, String> texts,
            Map<Integer, MatchedToken> added) {
        for (Map.Entry<String, JsonNode> entry : special.properties()) {
            added.put(
                    Integer.parseInt(entry.getKey()),
                    MatchedToken.plain(entry.getValue().asText(), true));
        }
        int first = added.keySet().stream().mapToInt(Integer::intValue).min().orElse(texts.size());
        if (texts.isEmpty() || first != texts.lastKey() + 1) {
            throw unknown(source, name);
        }
    }

    private static void name(ObjectNode config, String part, String text, Map<Integer, MatchedToken> added) {
        boolean known = added.values().stream().anyMatch(token -> token.text().equals(text));
        if (!config.has(part) && known) {
            config.put(part, text);
        }
    }

    private static UnsupportedException unknown(SourceFolder source, String name) {
        return new UnsupportedException(source.where(name)
                + ": the file holds ranks of byte sequences, but neither the pattern that cuts text into words nor the special"
                + " tokens, which only the model's own code names; known are those of the model types "
                + WordRules.known("rank_files") + ", and this is a \"" + source.modelType() + "\" of another make."
                + " Take the pattern from that code and make tokenizer.json with Python:"
                + " pip install transformers tiktoken && python -c \"from transformers.convert_slow_tokenizer import"
                + " TikTokenConverter; TikTokenConverter('" + source.where(name)
                + "', pattern=r'THE PATTERN', extra_special_tokens=['THE', 'TOKENS']).converted().save('"
                + source.where(RebuiltTokenizer.TOKENIZER) + "')\"");
    }
}
