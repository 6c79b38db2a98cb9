package dev.finetune4j.data;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.DataRequest.Rendering;
import dev.finetune4j.data.batch.FeedbackEncoder;
import dev.finetune4j.data.batch.GroupEncoder;
import dev.finetune4j.data.batch.PackedSupervisedEncoder;
import dev.finetune4j.data.batch.PairwiseEncoder;
import dev.finetune4j.data.batch.PretrainEncoder;
import dev.finetune4j.data.batch.PromptEncoder;
import dev.finetune4j.data.batch.SupervisedEncoder;
import dev.finetune4j.data.batch.limit.LengthLimit;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.tokenizer.Tokenizer;

/** Chooses the encoder of a request. */
final class Encoders {
    /** Base models of the third Llama generation end texts with another token than chats. */
    private static final String LLAMA3_TEXT_END = "<|end_of_text|>";

    private final DataRequest request;
    private final Rendering rendering;
    private final Template template;
    private final Tokenizer tokenizer;
    private final boolean likeLlamaFactory;

    private Encoders(DataRequest request, Template template, Tokenizer tokenizer) {
        this.request = request;
        this.rendering = request.rendering();
        this.template = template;
        this.tokenizer = tokenizer;
        this.likeLlamaFactory = rendering.masking().likeLlamaFactory();
    }

    static GroupEncoder of(DataRequest request, Template template, Tokenizer tokenizer) {
        return new Encoders(request, template, tokenizer).choose();
    }

    private GroupEncoder choose() {
        LengthLimit limit = limit();
        return switch (request.stage()) {
            case "pt" -> {
                refuseChatWishes("learns every token");
                yield pretrain(limit);
            }
            case "sft" -> supervised(limit);
            case "rm", "dpo" -> {
                refuseChatWishes("learns from whole answers");
                yield new PairwiseEncoder(template, tokenizer, limit, likeLlamaFactory);
            }
            case "kto" -> {
                refuseChatWishes("learns from whole answers");
                yield new FeedbackEncoder(template, tokenizer, limit, likeLlamaFactory);
            }
            case "ppo" -> {
                refuseChatWishes("learns from answers of its own");
                yield new PromptEncoder(template, tokenizer, limit);
            }
            default ->
                throw new UnsupportedException(
                        "There is no stage " + request.stage() + ". Known: pt, sft, rm, dpo, kto, ppo.");
        };
    }

    /**
     * Packed rows of LLaMA-Factory are cutoff_len long with at least one padding token at their end, whenever the user asked
     * for packing.
     */
    private LengthLimit limit() {
        int tokens = rendering.limit().tokens() - (rendering.asksForPacking() ? 1 : 0);
        if (tokens < 1) {
            throw new DataException(
                    "cutoff_len", rendering.limit().tokens() + " leaves no room for a token. Raise it.");
        }
        return new LengthLimit(tokens, rendering.limit().overlong());
    }

    private GroupEncoder supervised(LengthLimit limit) {
        if (rendering.masking().trainOnPrompt() && rendering.masking().maskHistory()) {
            throw new UnsupportedException(
                    "train_on_prompt learns every turn, mask_history only the last. Choose one of the two.");
        }
        SupervisedEncoder rows = new SupervisedEncoder(template, tokenizer, limit, rendering.masking());
        boolean neat = rendering.packing() == Packing.NEAT;
        return rendering.asksForPacking()
                ? new PackedSupervisedEncoder(rows, limit.tokens(), neat, rendering.masking())
                : rows;
    }

    /** Where every token or every answer counts, a wish about prompts, history or rows to keep apart is a slip. */
    private void refuseChatWishes(String reason) {
        String wish = rendering.packing() == Packing.NEAT ? "neat_packing" : "";
        wish = rendering.masking().trainOnPrompt() ? "train_on_prompt" : wish;
        wish = rendering.masking().maskHistory() ? "mask_history" : wish;
        if (!wish.isEmpty()) {
            throw new UnsupportedException(
                    wish + " belongs to stage sft; stage " + request.stage() + " " + reason + ". Leave it out.");
        }
    }

    private GroupEncoder pretrain(LengthLimit limit) {
        String eos = tokenizer.specialTokens().eos();
        if (eos == null) {
            throw new TemplateException(
                    "The tokenizer has no end token. Name it in tokenizer_config.json (eos_token).");
        }
        String end = "llama3".equals(rendering.template()) ? LLAMA3_TEXT_END : eos;
        boolean packing = rendering.packing() != Packing.NONE;
        return new PretrainEncoder(tokenizer, end, limit, packing, likeLlamaFactory);
    }
}
