package dev.finetune4j.data.tokenizer.rebuild;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.tokenizer.bytes.RankFile;
import java.util.Map;
import java.util.TreeMap;

/** A folder whose tokenizer is a file of ranks. Words and special tokens are the family's, from the table. */
final class RankFolder {
    private RankFolder() {}

    static RebuiltTokenizer rebuild(SourceFolder source, String name) {
        WordRules.RankFamily family = WordRules.ofRanks(source.modelType()).orElseThrow(() -> unknown(source, name));
        RankFile file = RankFile.read(source.where(name), source.bytes(name));
        TreeMap<Integer, String> texts = new TreeMap<>();
        file.ranks().forEach((text, id) -> texts.put(id, text));
        Map<Integer, AddedToken> added = new TreeMap<>();
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
            Map<Integer, AddedToken> added) {
        for (Map.Entry<String, JsonNode> entry : special.properties()) {
            added.put(
                    Integer.parseInt(entry.getKey()),
                    AddedToken.plain(entry.getValue().asText(), true));
        }
        int first = added.keySet().stream().mapToInt(Integer::intValue).min().orElse(texts.size());
        if (texts.isEmpty() || first != texts.lastKey() + 1) {
            throw unknown(source, name);
        }
    }

    private static void name(ObjectNode config, String part, String text, Map<Integer, AddedToken> added) {
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
