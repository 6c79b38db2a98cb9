package dev.finetune4j.data.batch;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.template.PieceEncoder;
import dev.finetune4j.data.template.Renderer;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.template.Turn;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A conversation as one prompt and the last answer: what stages that look at one answer at a time learn from. */
final class AnswerEncoder {
    private final Renderer renderer;
    private final PieceEncoder pieces;
    private final boolean efficientEos;
    private final int eos;

    AnswerEncoder(Template template, Tokenizer tokenizer) {
        this.renderer = new Renderer(template);
        this.pieces = new PieceEncoder(template.name(), tokenizer);
        this.efficientEos = template.efficientEos();
        this.eos = endToken(tokenizer);
    }

    static int endToken(Tokenizer tokenizer) {
        return tokenizer
                .eosId()
                .orElseThrow(
                        () -> new TemplateException("The tokenizer has no end token. Fit it to its template first."));
    }

    /** @param answer put behind the messages, which end with the other side */
    EncodedTurn encode(List<Message> messages, Message answer, Conversation conversation) {
        List<Message> all = new ArrayList<>(messages);
        all.add(answer);
        Turn turn = renderer.lastTurn(all, conversation.system(), conversation.tools());
        int[] response = pieces.encode(turn.response());
        if (efficientEos) {
            response = Arrays.copyOf(response, response.length + 1);
            response[response.length - 1] = eos;
        }
        return new EncodedTurn(pieces.encode(turn.prompt()), response);
    }
}
