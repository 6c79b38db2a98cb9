package dev.finetune4j.data.template;

import dev.finetune4j.data.template.tool.ToolFormat;
import dev.finetune4j.data.template.tool.ToolStyle;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A chat template with the run's wishes applied. Immutable.
 *
 * @param name as in the {@code template} setting
 * @param pieces what stands around each kind of message
 * @param defaultSystem system text of conversations without one
 * @param stopWords texts after which the model is done
 * @param thinking the words around thoughts
 * @param toolFormat name of the way in which tools and calls are written
 * @param toolStyle date of tool prompts, and whether conversations are rendered exactly as by LLaMA-Factory
 * @param efficientEos whether an answer's end token is the first token of the next turn instead of one of its own
 * @param replaceEos whether the first stop word becomes the tokenizer's end token
 * @param replaceJinja whether the tokenizer's own chat template is replaced by this one
 * @param enableThinking see {@link TemplateOptions}
 * @param preserveThinking see {@link TemplateOptions}
 * @param mediaPlugin name of what expands media placeholders; {@code base} for text only
 */
public record Template(
        String name,
        TemplateKind kind,
        Pieces pieces,
        String defaultSystem,
        List<String> stopWords,
        Thinking thinking,
        String toolFormat,
        ToolStyle toolStyle,
        boolean efficientEos,
        boolean replaceEos,
        boolean replaceJinja,
        @Nullable Boolean enableThinking,
        boolean preserveThinking,
        String mediaPlugin) {
    public Template {
        stopWords = List.copyOf(stopWords);
    }

    /** The same template as a run wants it. */
    public Template with(TemplateOptions options) {
        boolean otherTools = options.toolFormat() != null;
        return new Template(
                name,
                kind,
                otherTools ? otherTools(options) : pieces,
                options.defaultSystem() == null ? defaultSystem : options.defaultSystem(),
                stopWords,
                thinking,
                options.toolFormat() == null ? toolFormat : options.toolFormat(),
                new ToolStyle(options.date() == null ? toolStyle.date() : options.date(), options.likeLlamaFactory()),
                efficientEos,
                replaceEos,
                replaceJinja,
                options.enableThinking(),
                options.preserveThinking(),
                mediaPlugin);
    }

    /** Another format's calls stand where an answer would; LLaMA-Factory keeps nothing of the template around them. */
    private Pieces otherTools(TemplateOptions options) {
        return options.likeLlamaFactory() ? pieces.withDefaultCalls(efficientEos) : pieces.withCallsAsAnswers();
    }

    /** The same template on any day, as far as it does not name the day: what two runs compare. */
    public Template timeless() {
        if (ToolFormat.named(toolFormat).namesDate()) {
            return this;
        }
        return with(new TemplateOptions(
                defaultSystem, null, enableThinking, preserveThinking, LocalDate.EPOCH, toolStyle.likeLlamaFactory()));
    }

    /** Ids at which generation stops: the end token and every stop word. */
    public List<Integer> stopIds(Tokenizer tokenizer) {
        Set<Integer> ids = new LinkedHashSet<>();
        tokenizer.eosId().ifPresent(ids::add);
        for (String word : stopWords) {
            tokenizer.id(word).ifPresent(ids::add);
        }
        return new ArrayList<>(ids);
    }
}
