package dev.finetune4j.data.template.derived;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.Golden;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.template.TemplateCatalog;
import dev.finetune4j.data.template.TemplateOptions;
import dev.finetune4j.data.template.TokenizerFit;
import dev.finetune4j.data.tokenizer.SpecialTokens;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** P11: a named template against the model's own. */
class TemplateComparisonTest {
    private static Tokenizer bytes;

    @BeforeAll
    static void load() {
        Tokenizer loaded = Golden.tokenizer("bytes");
        SpecialTokens special = loaded.specialTokens();
        List<String> more = new ArrayList<>(special.additional());
        more.addAll(
                List.of("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<start_of_turn>", "<end_of_turn>"));
        bytes = loaded.specialTokens(new SpecialTokens("<s>", special.eos(), special.pad(), null, more, false));
    }

    @AfterAll
    static void close() {
        bytes.close();
    }

    private static List<TemplateComparison.Difference> compare(String name, String jinja) {
        Tokenizer original = bytes.chatTemplate(jinja);
        Template template = TemplateCatalog.named(name).with(TemplateOptions.DEFAULTS);
        return TemplateChoice.compare(template, original, TokenizerFit.fit(original, template));
    }

    private static String jinja(String name) throws IOException {
        return Files.readString(Golden.path("golden/jinja/chats/" + name + ".jinja"));
    }

    @ParameterizedTest
    @CsvSource({"chatml,chatml", "llama3,llama3", "gemma,gemma", "phi4,phi4"})
    void templatesThatAreTheModelsOwnShowNothing(String name, String chat) throws IOException {
        List<TemplateComparison.Difference> differences = compare(name, jinja(chat)).stream()
                .filter(TemplateComparisonTest::isPlain)
                .toList();
        assertEquals(List.of(), differences);
    }

    @Test
    void aMissingDefaultSystemTextIsShownAtItsPlace() throws IOException {
        List<TemplateComparison.Difference> differences = compare("chatml", jinja("chatml_default_system"));
        assertTrue(differences.stream()
                .anyMatch(difference -> difference.conversation().equals("a question")));
        assertFalse(differences.stream()
                .anyMatch(difference -> difference.conversation().equals("a question with a system text")));
        String text = TemplateComparison.text("chatml", differences);
        assertTrue(
                text.startsWith("Template \"chatml\" (-) and the chat template inside the model's tokenizer (+)"),
                text);
        assertTrue(
                text.contains("\n  a question, from character 13:\n"
                        + "    - <|im_start|>user\\nWhat is the capital of France?<|im_end|>\\n<|im…\n"
                        + "    + <|im_start|>system\\nYou answer briefly.<|im_end|>\\n<|im_start|>u…\n"),
                text);
    }

    @Test
    void oneLineFeedLessIsFound() throws IOException {
        String chatml = jinja("chatml").replace("+ '\\n' }}{% endfor %}", "}}{% endfor %}");
        assertFalse(compare("chatml", chatml).isEmpty());
    }

    /**
     * Those that do more than pieces around messages can: system texts inside a block that is always there, other end words
     * after the last answer, blanks around thoughts, system texts in the last question, whole messages printed. Each shows a
     * warning. Two refuse system texts, and so cannot be read.
     */
    private static final Set<String> BEYOND_PIECES = Set.of(
            "llama3_tools", "smollm3", "nemotron", "gpt_oss", "glm45", "mistral_tools", "call_blocks", "plain_python");

    private static final Set<String> WITHOUT_SYSTEM = Set.of("gemma", "mistral");

    @Test
    void templatesReadFromTheTokenizerAgreeWithIt() throws IOException {
        Set<String> differ = new TreeSet<>();
        Set<String> refused = new TreeSet<>();
        for (var entry : Golden.json("golden/jinja/chats.json").get("chats").properties()) {
            Tokenizer original = bytes.chatTemplate(jinja(entry.getKey()));
            try {
                Template template = TemplateChoice.of(null, TemplateOptions.DEFAULTS, original);
                Tokenizer fitted = TokenizerFit.fit(original, template);
                assertEquals(original.chatTemplate(), fitted.chatTemplate());
                boolean equal = TemplateChoice.compare(template, original, fitted).stream()
                        .noneMatch(TemplateComparisonTest::isPlain);
                if (!equal) {
                    differ.add(entry.getKey());
                }
            } catch (TemplateException e) {
                refused.add(entry.getKey());
            }
        }
        assertEquals(new TreeSet<>(BEYOND_PIECES), differ);
        assertEquals(new TreeSet<>(WITHOUT_SYSTEM), refused);
    }

    /** Tools are written in the default format, which is another text. */
    private static boolean isPlain(TemplateComparison.Difference difference) {
        return !difference.conversation().contains("call")
                && !difference.conversation().contains("tools");
    }

    @Test
    void aChatTemplateThatCannotBeReadIsNoReasonToStop() {
        assertEquals(List.of(), compare("chatml", "{% if %}"));
    }
}
