package dev.finetune4j.data.template.derived;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.template.TemplateCatalog;
import dev.finetune4j.data.template.TemplateOptions;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which template a run gets, and what a user should know about it. */
public final class TemplateChoice {
    private static final Logger LOG = LoggerFactory.getLogger(TemplateChoice.class);
    private static final String NO_TEMPLATE = "empty";

    private TemplateChoice() {}

    /**
     * The named template; without a name the one inside the tokenizer, or {@code empty} where there is none either.
     *
     * @throws TemplateException if the name is unknown, or the template inside the tokenizer cannot be read
     */
    public static Template of(@Nullable String name, TemplateOptions options, Tokenizer tokenizer) {
        if (name != null) {
            return TemplateCatalog.named(name).with(options);
        }
        if (tokenizer.chatTemplate() != null) {
            LOG.warn("No template is set: the one inside the tokenizer is taken.");
            return DerivedTemplate.of(tokenizer, options);
        }
        LOG.warn(
                "No template is set and the tokenizer has none: template \"{}\" writes messages without anything around"
                        + " them.",
                NO_TEMPLATE);
        return TemplateCatalog.named(NO_TEMPLATE).with(options);
    }

    /**
     * Warns where the template writes other text than the chat template inside the model's tokenizer; P11. Where there is
     * none to compare with, warns if the vocabulary has not one of the template's tokens. Call it once a run.
     *
     * @param original the model's tokenizer as it came
     * @param fitted the same as the template needs it
     * @return what was found; empty where both agree or there is nothing to compare with
     */
    public static List<TemplateComparison.Difference> compare(Template template, Tokenizer original, Tokenizer fitted) {
        if (original.chatTemplate() == null) {
            List<String> foreign = TemplateMarks.foreign(template, original);
            if (!foreign.isEmpty()) {
                LOG.warn(
                        "None of the tokens {} of template \"{}\" is in the tokenizer's vocabulary, so it is split into"
                                + " characters each time. The template seems to belong to another model.",
                        String.join(" ", foreign),
                        template.name());
            }
            return List.of();
        }
        try {
            List<TemplateComparison.Difference> differences = TemplateComparison.of(template, original, fitted);
            if (!differences.isEmpty()) {
                LOG.warn("{}", TemplateComparison.text(template.name(), differences));
            }
            return differences;
        } catch (TemplateException e) {
            LOG.warn(
                    "Whether template \"{}\" is the model's own cannot be told, as the chat template inside its tokenizer"
                            + " cannot be read: {}",
                    template.name(),
                    e.getMessage());
            return List.of();
        }
    }
}
