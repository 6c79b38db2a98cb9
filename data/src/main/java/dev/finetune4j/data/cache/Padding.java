package dev.finetune4j.data.cache;

import dev.finetune4j.core.batch.Labels;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Tokens of a table that are not learned wherever they stand: those behind packed rows, and in plain text a token that pads
 * elsewhere. LLaMA-Factory trains from tables whose packed rows are equally long, and writes such; here what stands behind a
 * row is nothing, so it goes when the row is read.
 *
 * @param width length to which packed rows are filled up, 0 to leave them as they are
 * @param id token that fills them up, or that is not learned in plain text; -1 for none
 * @param masked whether padding is what the mask says it is; others write packs of rows that see one another without saying so
 */
record Padding(int width, int id, boolean masked) {
    static final Padding NONE = new Padding(0, -1, true);

    /** Of a packed row: the number of each token's part, and its position. */
    record Marks(int[] parts, int[] positions) {}

    /** What to expect in a table of this library. */
    static Padding own(OptionalInt unlearned) {
        return new Padding(0, unlearned.orElse(-1), true);
    }

    /** What to expect in a table of LLaMA-Factory. */
    static Padding ofOthers(OptionalInt unlearned) {
        return new Padding(0, unlearned.orElse(-1), false);
    }

    /** The values with as many others behind them as fill the row up. */
    int[] behind(int[] values, int filler) {
        if (values.length >= width) {
            return values;
        }
        int[] longer = Arrays.copyOf(values, width);
        Arrays.fill(longer, values.length, width, filler);
        return longer;
    }

    /** How many tokens stand in front of the padding. */
    int before(int[] ids, int[] labels, Marks marks) {
        int length = ids.length;
        while (length > 0 && marks.parts()[length - 1] == 0) {
            length--;
        }
        if (masked || length < ids.length) {
            return length;
        }
        // LLaMA-Factory ends each pack with one padding token or more, each at position 0.
        while (length > 0
                && marks.positions()[length - 1] == 0
                && labels[length - 1] == Labels.IGNORED
                && ids[length - 1] == ids[ids.length - 1]) {
            length--;
        }
        return length;
    }

    /** Labels of plain text. */
    int[] text(int[] ids) {
        return Arrays.stream(ids).map(id -> id == this.id ? Labels.IGNORED : id).toArray();
    }
}
