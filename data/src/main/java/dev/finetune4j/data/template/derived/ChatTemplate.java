package dev.finetune4j.data.template.derived;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.jinja.JinjaTemplate;
import dev.finetune4j.data.tokenizer.SpecialTokens;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The chat template inside a tokenizer, with the variables that Hugging Face's tools give it. Immutable and thread-safe. */
public final class ChatTemplate {
    private final String source;
    private final JinjaTemplate template;
    private final Map<String, Object> tokens;

    private ChatTemplate(String source, JinjaTemplate template, Map<String, Object> tokens) {
        this.source = source;
        this.template = template;
        this.tokens = Map.copyOf(tokens);
    }

    /**
     * The tokenizer's own.
     *
     * @param day what templates that write the date are told, at midnight, so that all rows of a run are told the same
     * @throws TemplateException if the tokenizer has none, or one that cannot be read
     */
    public static ChatTemplate of(Tokenizer tokenizer, LocalDate day) {
        String source = tokenizer.chatTemplate();
        if (source == null) {
            throw new TemplateException(
                    "The tokenizer has no chat template. Set template to one that the library knows.");
        }
        Clock midnight = Clock.fixed(day.atStartOfDay().toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
        JinjaTemplate template = JinjaTemplate.compile(source).clock(midnight);
        return new ChatTemplate(source, template, tokens(tokenizer.specialTokens()));
    }

    /** Tokens that the tokenizer lacks are undefined to a template, not empty. */
    private static Map<String, Object> tokens(SpecialTokens special) {
        Map<String, Object> tokens = new HashMap<>();
        put(tokens, "bos_token", special.bos());
        put(tokens, "eos_token", special.eos());
        put(tokens, "pad_token", special.pad());
        put(tokens, "unk_token", special.unk());
        return tokens;
    }

    private static void put(Map<String, Object> tokens, String name, @Nullable String token) {
        if (token != null) {
            tokens.put(name, token);
        }
    }

    /** Whether its text names something, such as {@code tools}. */
    boolean mentions(String word) {
        return source.contains(word);
    }

    /**
     * A conversation as text.
     *
     * @param messages maps with {@code role} and {@code content}
     * @param prompt whether the text ends where the model is to answer
     * @param more further variables, such as {@code tools}
     * @throws TemplateException if the template refuses the conversation
     */
    public String render(List<Map<String, Object>> messages, boolean prompt, Map<String, ? extends Object> more) {
        Map<String, @Nullable Object> variables = new HashMap<>(tokens);
        variables.put("tools", null);
        variables.put("documents", null);
        variables.put("messages", messages);
        variables.put("add_generation_prompt", prompt);
        variables.putAll(more);
        return template.render(variables).text();
    }
}
