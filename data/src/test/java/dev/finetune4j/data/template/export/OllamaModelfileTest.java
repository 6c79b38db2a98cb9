package dev.finetune4j.data.template.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.Golden;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.template.TemplateCatalog;
import dev.finetune4j.data.template.TemplateKind;
import dev.finetune4j.data.template.TemplateOptions;
import dev.finetune4j.data.template.TokenizerFit;
import dev.finetune4j.data.tokenizer.SpecialTokens;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** P1: what is served is what was trained. */
class OllamaModelfileTest {
    private static final SpecialTokens SPECIAL = new SpecialTokens("<BOS>", "<EOS>", "<EOS>", null, List.of(), false);

    @Test
    void templatesEqualLlamaFactorysUnderCompatibility() {
        int written = 0;
        for (JsonNode golden : Golden.json("golden/templates.json")) {
            Template template = TemplateCatalog.named(golden.get("name").asText())
                    .with(TemplateOptions.DEFAULTS.likeLlamaFactory(true));
            String text = OllamaModelfile.template(template, SPECIAL).orElse(null);
            assertEquals(golden.get("ollama_template").textValue(), text, template.name());
            written += text == null ? 0 : 1;
        }
        assertEquals(122, written);
    }

    @Test
    void onlyTheLlama2ClassDiffersFromLlamaFactory() {
        Set<TemplateKind> differing = new TreeSet<>();
        for (JsonNode golden : Golden.json("golden/templates.json")) {
            Template template = TemplateCatalog.named(golden.get("name").asText());
            String text = OllamaModelfile.template(template, SPECIAL).orElse(null);
            if (text != null && !text.equals(golden.get("ollama_template").textValue())) {
                differing.add(template.kind());
            }
        }
        assertEquals(Set.of(TemplateKind.LLAMA2), differing);
        assertEquals(
                "{{ $first := true }}{{ range .Messages }}{{ if eq .Role \"user\" }}<BOS>[INST] {{ if and $first"
                        + " $.System }}<<SYS>>\n{{ $.System }}\n<</SYS>>\n\n{{ end }}{{ $first = false }}{{ .Content }}"
                        + " [/INST]{{ else if eq .Role \"assistant\" }}{{ .Content }}<EOS>{{ end }}{{ end }}",
                OllamaModelfile.template(TemplateCatalog.named("llama2"), SPECIAL)
                        .orElseThrow());
    }

    @Test
    void theFileNamesSystemTextStopTokensAndContext() {
        Template template = TemplateCatalog.named("llama3").with(new TemplateOptions("Be brief.", null, true, false));
        try (Tokenizer bytes = Golden.tokenizer("bytes");
                Tokenizer tokenizer = TokenizerFit.fit(bytes, template)) {
            assertEquals(
                    "# How Ollama serves this model: ollama create NAME -f Modelfile\n\nFROM .\n\nTEMPLATE \"\"\""
                            + OllamaModelfile.template(template, tokenizer.specialTokens())
                                    .orElseThrow()
                            + "\"\"\"\n\nSYSTEM \"\"\"Be brief.\"\"\"\n\nPARAMETER stop \"<|eot_id|>\"\n"
                            + "PARAMETER stop \"<|eom_id|>\"\nPARAMETER num_ctx 8192\n",
                    OllamaModelfile.of(template, tokenizer, 8192).orElseThrow());
            Template quotes = template.with(new TemplateOptions("a \"\"\" b", null, true, false));
            assertThrows(UnsupportedException.class, () -> OllamaModelfile.of(quotes, tokenizer, 8192));
            assertEquals(
                    false,
                    OllamaModelfile.of(TemplateCatalog.named("yuan"), tokenizer, 4096)
                            .isPresent());
        }
    }
}
