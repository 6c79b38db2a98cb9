package dev.finetune4j.data.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.Golden;
import dev.finetune4j.data.tokenizer.SpecialTokens;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Definitions of templates that cannot be meant. */
class TemplateDefinitionTest {
    private static Template read(String json) {
        try {
            return new TemplateReader(new JsonMapper().readTree(json.replace('\'', '"'))).read();
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void messagesNeedAPlaceAndPrefixesHaveNone() {
        String user = assertThrows(TemplateException.class, () -> read("{'name': 't', 'user': ['User:']}"))
                .getMessage();
        assertTrue(user.contains("\"t\"") && user.contains("\"user\"") && user.contains("{{content}}"), user);
        String prefix = assertThrows(TemplateException.class, () -> read("{'name': 't', 'prefix': ['{{content}}']}"))
                .getMessage();
        assertTrue(prefix.contains("\"t\"") && prefix.contains("prefix"), prefix);
        assertEquals("t", read("{'name': 't', 'user': ['User: {{content}}']}").name());
    }

    @Test
    void anEndTokenIsReplacedByAStopWordOnly() {
        try (Tokenizer tokenizer = Golden.tokenizer("bytes")) {
            Template without = read("{'name': 't', 'replace_eos': true}");
            String message = assertThrows(TemplateException.class, () -> TokenizerFit.fit(tokenizer, without))
                    .getMessage();
            assertTrue(message.contains("\"t\"") && message.contains("stop word"), message);
            Template with = read("{'name': 't', 'replace_eos': true, 'stop_words': ['<|im_start|>']}");
            SpecialTokens fitted = TokenizerFit.fit(tokenizer, with).specialTokens();
            assertEquals("<|im_start|>", fitted.eos());
        }
    }

    @Test
    void aTokenThatTheVocabularyLacksIsNamedWithItsTemplate() {
        try (Tokenizer tokenizer = Golden.tokenizer("bytes")) {
            Template template = read("{'name': 't', 'user': [{'token': '<|usr|>'}, '{{content}}']}");
            String message = assertThrows(TemplateException.class, () -> TokenizerFit.fit(tokenizer, template))
                    .getMessage();
            assertTrue(message.contains("\"t\"") && message.contains("<|usr|>"), message);
            assertEquals(List.of(), tokenizer.added());
        }
    }
}
