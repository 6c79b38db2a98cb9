package dev.finetune4j.data.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.data.Golden;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.conversation.Role;
import dev.finetune4j.data.jinja.JinjaTemplate;
import dev.finetune4j.data.tokenizer.SpecialTokens;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * P1: the chat template that is saved with a tuned model, rendered as a server does, gives the text that the trainer wrote.
 * Texts hold what a template engine or a page could take for its own.
 */
class JinjaTextTest {
    /** Templates with tokens that no text can name. */
    private static final Set<String> INEXPRESSIBLE = Set.of("chatglm3", "yuan");

    private static final String THOUGHT = "{{ 'q' }} <b>&amp;'\"</b>\n{% if x %} \\n \ud83d\ude00";

    /** Answers with a thought, as reasoning templates add one otherwise. */
    private static Message answer(Template template, String text) {
        Thinking words = template.thinking();
        return Message.assistant(template.kind().reasons() ? words.open() + "hm" + words.close() + text : text);
    }

    private static List<Message> messages(Template template) {
        return List.of(
                Message.user("What is " + THOUGHT + "?"),
                answer(template, "It is " + THOUGHT),
                Message.user(" and {{content}}"),
                answer(template, "x"));
    }

    private static String text(List<Slot> pieces, SpecialTokens special) {
        StringBuilder text = new StringBuilder();
        for (Slot piece : pieces) {
            String token = piece == Slot.Special.BOS ? special.bos() : special.eos();
            text.append(piece instanceof Slot.Text part ? part.text() : token == null ? "" : token);
        }
        return text.toString();
    }

    private static List<Slot> pieces(Template template, List<Message> messages, String system) {
        List<Slot> pieces = new ArrayList<>();
        for (Turn turn : new Renderer(template).turns(messages, system, "", false)) {
            pieces.addAll(turn.prompt());
            pieces.addAll(turn.response());
        }
        return pieces;
    }

    private static String jinja(String source, List<Message> messages, String system) {
        List<Map<String, Object>> maps = new ArrayList<>();
        if (!system.isEmpty()) {
            maps.add(Map.of("role", "system", "content", system));
        }
        messages.forEach(message -> maps.add(
                Map.of("role", message.role() == Role.USER ? "user" : "assistant", "content", message.content())));
        return JinjaTemplate.compile(source).render(Map.of("messages", maps)).text();
    }

    @Test
    void savedChatTemplatesWriteWhatTheTrainerWrites() {
        Set<String> inexpressible = new TreeSet<>();
        int checked = 0;
        try (Tokenizer bytes = Golden.tokenizer("bytes")) {
            Tokenizer tokenizer = bytes.specialTokens(new SpecialTokens("<s>", "</s>", "</s>", null, List.of(), false));
            for (String name : TemplateCatalog.names()) {
                Template template = TemplateCatalog.named(name).with(TemplateOptions.DEFAULTS);
                String source = JinjaText.of(template, tokenizer).orElse(null);
                if (source == null) {
                    inexpressible.add(name);
                    continue;
                }
                for (String system : Arrays.asList("", "Be " + THOUGHT)) {
                    List<Message> messages = messages(template);
                    List<Slot> pieces = pieces(template, messages, system);
                    assertEquals(
                            text(pieces, tokenizer.specialTokens()),
                            jinja(source, messages, system),
                            name + (system.isEmpty() ? "" : " with a system text"));
                    checked++;
                }
            }
        }
        assertEquals(new TreeSet<>(INEXPRESSIBLE), inexpressible);
        assertTrue(checked > 240, "renderings: " + checked);
    }
}
