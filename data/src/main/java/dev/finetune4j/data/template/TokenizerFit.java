package dev.finetune4j.data.template;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.tokenizer.SpecialTokens;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a tokenizer fit its template: the template's end word becomes the end token where it says so, an end and a padding
 * token exist, stop words are special tokens. The same steps in the same order as LLaMA-Factory's.
 */
public final class TokenizerFit {
    private static final Logger LOG = LoggerFactory.getLogger(TokenizerFit.class);
    private static final String LAST_RESORT_EOS = "<|endoftext|>";

    private TokenizerFit() {}

    /**
     * The tokenizer as the template needs it. It may have more tokens than before; see {@link Tokenizer#added()}.
     *
     * @throws TemplateException if the template replaces the end token and names none, or needs a token that the
     *     vocabulary lacks
     */
    public static Tokenizer fit(Tokenizer tokenizer, Template template) {
        requireTokens(tokenizer, template);
        SpecialTokens special = tokenizer.specialTokens();
        List<String> stopWords = template.stopWords();
        if (template.replaceEos()) {
            if (stopWords.isEmpty()) {
                throw new TemplateException("Template \"" + template.name()
                        + "\" replaces the end token, but names no stop word. Give it one.");
            }
            special = special.eos(stopWords.get(0));
            stopWords = stopWords.subList(1, stopWords.size());
        }
        String eos = special.eos();
        if (eos == null) {
            eos = LAST_RESORT_EOS;
            special = special.eos(eos);
        }
        if (special.pad() == null) {
            special = special.pad(eos);
        }
        special = special.additional(stopWords);
        Tokenizer fitted = special.equals(tokenizer.specialTokens()) ? tokenizer : tokenizer.specialTokens(special);
        if (fitted.added().size() > tokenizer.added().size()) {
            LOG.warn(
                    "Template \"{}\" added the tokens {} to the vocabulary. A model with fewer than {} embedding rows does"
                            + " not have them; choose its own template.",
                    template.name(),
                    fitted.added(),
                    fitted.vocabularySize());
        }
        return withChatTemplate(fitted, template);
    }

    /** Tokens that a template writes by name cannot be made up: another model's vocabulary lacks them. */
    private static void requireTokens(Tokenizer tokenizer, Template template) {
        Pieces pieces = template.pieces();
        for (Slots slots : List.of(pieces.prefix(), pieces.system(), pieces.user(), pieces.assistant())) {
            for (Slot slot : slots.slots()) {
                if (slot instanceof Slot.Token token
                        && tokenizer.id(token.token()).isEmpty()) {
                    throw PieceEncoder.missing(template.name(), token.token());
                }
            }
        }
    }

    /** A chat template is saved with the tokenizer where it has none, or where the template insists on its own. */
    private static Tokenizer withChatTemplate(Tokenizer tokenizer, Template template) {
        if (tokenizer.chatTemplate() != null && !template.replaceJinja()) {
            return tokenizer;
        }
        return JinjaText.of(template, tokenizer).map(tokenizer::chatTemplate).orElse(tokenizer);
    }
}
