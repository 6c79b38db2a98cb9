package dev.finetune4j.data.template.derived;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finetune4j.data.Golden;
import dev.finetune4j.data.template.TemplateCatalog;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.List;
import org.junit.jupiter.api.Test;

class TemplateMarksTest {
    private static List<String> foreign(String template, String tokenizer) {
        try (Tokenizer loaded = Golden.tokenizer(tokenizer)) {
            return TemplateMarks.foreign(TemplateCatalog.named(template), loaded);
        }
    }

    @Test
    void aTemplateOfWhoseTokensTheVocabularyHasNoneIsForeign() {
        assertEquals(List.of("<start_of_turn>", "<end_of_turn>"), foreign("gemma", "bytes"));
        assertEquals(List.of("<|im_start|>", "<|im_end|>"), foreign("qwen", "pieces"));
        assertEquals(List.of(), foreign("qwen", "bytes"));
    }

    @Test
    void aTemplateOfPlainWordsIsForeignToNone() {
        assertEquals(List.of(), foreign("vicuna", "bytes"));
        assertEquals(List.of(), foreign("llama2", "unigram"));
    }
}
