package dev.finetune4j.data;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.batch.GroupEncoder;
import dev.finetune4j.data.batch.PackedSupervisedEncoder;
import dev.finetune4j.data.batch.PretrainEncoder;
import dev.finetune4j.data.batch.SupervisedEncoder;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.tokenizer.Tokenizer;

/** Chooses the encoder of a request. */
final class Encoders {
    /** Base models of the third Llama generation end texts with another token than chats. */
    private static final String LLAMA3_TEXT_END = "<|end_of_text|>";

    private Encoders() {}

    static GroupEncoder of(DataRequest request, Template template, Tokenizer tokenizer) {
        // Packed rows of LLaMA-Factory are cutoff_len long with at least one padding token at their end, whenever the
        // user
        // asked for packing himself.
        boolean asked = request.packing() != null && request.packing() != Packing.NONE;
        int cutoff = request.cutoff() - (asked ? 1 : 0);
        if (cutoff < 1) {
            throw new DataException("cutoff_len", request.cutoff() + " leaves no room for a token. Raise it.");
        }
        if (request.stage().equals("pt")) {
            refuseChatWishes(request);
            return pretrain(request, tokenizer, cutoff);
        }
        if (!request.stage().equals("sft")) {
            throw new UnsupportedException(
                    "Data of stage " + request.stage() + " is known, but not available yet. Available: pt, sft.");
        }
        if (request.masking().trainOnPrompt() && request.masking().maskHistory()) {
            throw new UnsupportedException(
                    "train_on_prompt learns every turn, mask_history only the last. Choose one of the two.");
        }
        SupervisedEncoder rows = new SupervisedEncoder(template, tokenizer, cutoff, request.masking());
        return asked
                ? new PackedSupervisedEncoder(rows, cutoff, request.packing() == Packing.NEAT, request.masking())
                : rows;
    }

    /** Plain text has neither prompts nor history nor rows to keep apart; a wish about them is a slip. */
    private static void refuseChatWishes(DataRequest request) {
        String wish = request.packing() == Packing.NEAT ? "neat_packing" : "";
        wish = request.masking().trainOnPrompt() ? "train_on_prompt" : wish;
        wish = request.masking().maskHistory() ? "mask_history" : wish;
        if (!wish.isEmpty()) {
            throw new UnsupportedException(wish + " belongs to stage sft; stage pt learns every token. Leave it out.");
        }
    }

    private static GroupEncoder pretrain(DataRequest request, Tokenizer tokenizer, int cutoff) {
        String eos = tokenizer.specialTokens().eos();
        if (eos == null) {
            throw new TemplateException(
                    "The tokenizer has no end token. Name it in tokenizer_config.json (eos_token).");
        }
        String end = "llama3".equals(request.template()) ? LLAMA3_TEXT_END : eos;
        boolean packing = request.packing() != Packing.NONE;
        return new PretrainEncoder(
                tokenizer, end, cutoff, packing, request.masking().likeLlamaFactory());
    }
}
