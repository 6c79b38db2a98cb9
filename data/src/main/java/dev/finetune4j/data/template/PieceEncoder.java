package dev.finetune4j.data.template;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/** Pieces to token ids, each piece by itself. */
public final class PieceEncoder {
    private final String templateName;
    private final Tokenizer tokenizer;

    public PieceEncoder(String templateName, Tokenizer tokenizer) {
        this.templateName = templateName;
        this.tokenizer = tokenizer;
    }

    /**
     * Ids of the pieces, end to end.
     *
     * @throws TemplateException if a piece is a token that the vocabulary lacks
     */
    public int[] encode(List<Slot> pieces) {
        int[] ids = new int[0];
        for (Slot piece : pieces) {
            int[] more = encode(piece);
            int length = ids.length;
            ids = Arrays.copyOf(ids, length + more.length);
            System.arraycopy(more, 0, ids, length, more.length);
        }
        return ids;
    }

    private int[] encode(Slot piece) {
        if (piece instanceof Slot.Text text) {
            return text.text().isEmpty() ? new int[0] : tokenizer.encode(text.text());
        }
        if (piece instanceof Slot.Token token) {
            return new int[] {tokenizer.id(token.token()).orElseThrow(() -> missing(templateName, token.token()))};
        }
        OptionalInt id = piece == Slot.Special.BOS ? tokenizer.bosId() : tokenizer.eosId();
        return id.isPresent() ? new int[] {id.getAsInt()} : new int[0];
    }

    static TemplateException missing(String templateName, String token) {
        return new TemplateException(
                "Template \"" + templateName + "\" needs the token \"" + token
                        + "\", which the tokenizer does not have. The template belongs to another model; set the one of this model.");
    }
}
