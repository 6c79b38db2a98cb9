package dev.finetune4j.data.batch;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.batch.limit.LengthLimit;
import dev.finetune4j.data.batch.limit.TokenBudget;
import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.sample.Tokens;
import dev.finetune4j.data.template.PieceEncoder;
import dev.finetune4j.data.template.Renderer;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.template.Turn;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Conversations as rows in which the answers are learned. Turns share the length limit from the front, or from the back
 * where only the last answer counts; what does not fit is cut by {@link TokenBudget}.
 */
public final class SupervisedEncoder extends RowEncoder {
    private final Template template;
    private final Renderer renderer;
    private final PieceEncoder pieces;
    private final int eos;
    private final LengthLimit limit;
    private final Masking masking;

    /**
     * @param tokenizer as the template needs it
     */
    public SupervisedEncoder(Template template, Tokenizer tokenizer, LengthLimit limit, Masking masking) {
        this.template = template;
        this.renderer = new Renderer(template);
        this.pieces = new PieceEncoder(template.name(), tokenizer);
        this.eos = AnswerEncoder.endToken(tokenizer);
        this.limit = limit;
        this.masking = masking;
        if (masking.trainOnPrompt() && template.efficientEos()) {
            throw new UnsupportedException("train_on_prompt cannot be combined with template \"" + template.name()
                    + "\", whose answers end with the first token of the next prompt. Choose one of the two.");
        }
    }

    @Override
    boolean keepsUntrained() {
        return masking.likeLlamaFactory();
    }

    @Override
    String fault(Conversation conversation) {
        if (conversation.preference() != null) {
            return "a pair of answers belongs to stage rm or dpo";
        }
        if (conversation.feedback() != null) {
            return "an answer with feedback belongs to stage kto";
        }
        if (!conversation.isAnswered() || conversation.messages().size() % 2 != 0) {
            return "no answer to learn from";
        }
        return "";
    }

    @Override
    Outcome encode(Conversation conversation) {
        List<Turn> turns = renderer.turns(
                conversation.messages(), conversation.system(), conversation.tools(), masking.maskHistory());
        List<EncodedTurn> encoded = new ArrayList<>();
        int whole = 0;
        for (Turn turn : turns) {
            EncodedTurn next = new EncodedTurn(pieces.encode(turn.prompt()), pieces.encode(turn.response()));
            whole += next.length();
            encoded.add(next);
        }
        int length = whole + (template.efficientEos() ? 1 : 0);
        if (length == 0) {
            return Outcome.rejected(conversation.provenance(), "not one token in it");
        }
        if (limit.refuses(length)) {
            return new Outcome.TooLong(conversation.provenance(), length, limit);
        }
        List<EncodedTurn> kept = cut(encoded);
        Sample sample = assemble(kept, conversation);
        int lost = whole - kept.stream().mapToInt(EncodedTurn::length).sum();
        return Outcome.of(sample, lost);
    }

    /** The turns as far as they fit, in the order of the conversation. */
    private List<EncodedTurn> cut(List<EncodedTurn> turns) {
        int total = template.efficientEos() ? 1 : 0;
        List<EncodedTurn> kept = new ArrayList<>();
        for (int i = 0; i < turns.size() && total < limit.tokens(); i++) {
            EncodedTurn turn = turns.get(masking.maskHistory() ? turns.size() - 1 - i : i);
            EncodedTurn shorter = turn.cut(limit.tokens() - total, limit.overlong());
            total += shorter.length();
            kept.add(masking.maskHistory() ? 0 : kept.size(), shorter);
        }
        return kept;
    }

    private Sample assemble(List<EncodedTurn> turns, Conversation conversation) {
        int length = turns.stream().mapToInt(EncodedTurn::length).sum();
        boolean end = template.efficientEos()
                && (masking.likeLlamaFactory()
                        || (!turns.isEmpty() && turns.get(turns.size() - 1).complete()));
        int[] ids = new int[length + (end ? 1 : 0)];
        int[] labels = new int[ids.length];
        Arrays.fill(labels, Labels.IGNORED);
        int at = 0;
        for (int i = 0; i < turns.size(); i++) {
            EncodedTurn turn = turns.get(i);
            System.arraycopy(turn.prompt(), 0, ids, at, turn.prompt().length);
            if (masking.trainOnPrompt()) {
                System.arraycopy(turn.prompt(), 0, labels, at, turn.prompt().length);
            } else if (turn.prompt().length > 0 && endsPreviousAnswer(turns, i)) {
                labels[at] = eos;
            }
            at += turn.prompt().length;
            System.arraycopy(turn.response(), 0, ids, at, turn.response().length);
            if (!masking.maskHistory() || i == turns.size() - 1) {
                System.arraycopy(turn.response(), 0, labels, at, turn.response().length);
            }
            at += turn.response().length;
        }
        if (end) {
            ids[at] = eos;
            labels[at] = eos;
        }
        return Sample.of(Tokens.of(ids, labels), conversation.provenance());
    }

    /**
     * Whether the first token of a prompt stands for the end of the answer before it. LLaMA-Factory says so for each turn but
     * the first that it processes, which with a masked history are all but the last.
     */
    private boolean endsPreviousAnswer(List<EncodedTurn> turns, int i) {
        if (!template.efficientEos()) {
            return false;
        }
        if (masking.likeLlamaFactory()) {
            return masking.maskHistory() ? i < turns.size() - 1 : i > 0;
        }
        return !masking.maskHistory() && i > 0 && turns.get(i - 1).complete();
    }
}
