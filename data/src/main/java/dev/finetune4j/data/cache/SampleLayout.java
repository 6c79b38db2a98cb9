package dev.finetune4j.data.cache;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.arrow.ArrowColumn;
import dev.finetune4j.data.arrow.ArrowColumn.Type;
import dev.finetune4j.data.arrow.ArrowTable;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.sample.Tokens;
import dev.finetune4j.data.source.Provenance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How samples lie in the columns of a table, under the names that LLaMA-Factory gives them.
 *
 * @param kind of the samples
 * @param packed whether rows share a sample, so that positions and parts must be kept
 * @param padding what stands behind packed rows
 */
record SampleLayout(Kind kind, boolean packed, Padding padding) {
    private static final String IDS = "input_ids";
    private static final String MASK = "attention_mask";
    private static final String LABELS = "labels";
    private static final String POSITIONS = "position_ids";
    private static final String WANTED = "kto_tags";

    /** Columns without which LLaMA-Factory does not train from answers that are compared, though nothing stands in them. */
    private static final List<String> MEDIA = List.of("images", "videos", "audios");

    /** Packed rows with nothing behind them. */
    SampleLayout(Kind kind, boolean packed) {
        this(kind, packed, Padding.NONE);
    }

    /** What a sample is made of. */
    enum Kind {
        ROW(""),
        /** Plain text, whose labels are not kept, as they are the ids. */
        TEXT(""),
        PAIR("chosen_", "rejected_"),
        FEEDBACK("", "kl_"),
        /** A prompt, and labels that are the answer and do not lie over it. */
        PROMPT("");

        private final List<String> prefixes;

        Kind(String... prefixes) {
            this.prefixes = List.of(prefixes);
        }

        /** The kind that a stage's encoder makes. */
        static Kind ofStage(String stage) {
            return switch (stage) {
                case "rm", "dpo" -> PAIR;
                case "kto" -> FEEDBACK;
                case "ppo" -> PROMPT;
                case "pt" -> TEXT;
                default -> ROW;
            };
        }
    }

    List<ArrowColumn> columns() {
        List<ArrowColumn> columns = new ArrayList<>();
        for (String prefix : kind.prefixes) {
            columns.add(ArrowColumn.of(prefix + IDS, Type.INT32_LIST));
            columns.add(ArrowColumn.of(prefix + MASK, packed ? Type.INT32_LIST : Type.INT8_LIST));
            if (kind != Kind.TEXT) {
                columns.add(ArrowColumn.of(prefix + LABELS, Type.INT32_LIST));
            }
        }
        if (packed) {
            columns.add(ArrowColumn.of(POSITIONS, Type.INT32_LIST));
        }
        if (kind == Kind.FEEDBACK) {
            columns.add(ArrowColumn.of(WANTED, Type.BOOL));
        }
        if (kind.prefixes.size() > 1) {
            MEDIA.forEach(name -> columns.add(ArrowColumn.nullable(name, Type.TEXT_LIST)));
        }
        return columns;
    }

    /** One value a column. */
    @Nullable
    Object[] values(Sample sample) {
        List<@Nullable Object> values = new ArrayList<>();
        if (packed) {
            Tokens row = sample.tokens();
            values.add(padding.behind(row.ids(), padding.id()));
            values.add(padding.behind(parts(row), 0));
            values.add(padding.behind(row.labels(), Labels.IGNORED));
            values.add(padding.behind(row.positions(), 0));
            return values.toArray();
        }
        for (Tokens row : sample.rows()) {
            int prompt = kind == Kind.PROMPT ? promptLength(row) : row.length();
            values.add(prompt == row.length() ? row.ids() : Arrays.copyOf(row.ids(), prompt));
            values.add(ones(prompt));
            if (kind != Kind.TEXT) {
                values.add(kind == Kind.PROMPT ? Arrays.copyOfRange(row.labels(), prompt, row.length()) : row.labels());
            }
        }
        if (kind == Kind.FEEDBACK) {
            values.add(Boolean.TRUE.equals(sample.wanted()));
        }
        if (kind.prefixes.size() > 1) {
            values.addAll(Collections.nCopies(MEDIA.size(), null));
        }
        return values.toArray();
    }

    private static int promptLength(Tokens row) {
        int length = 0;
        while (length < row.length() && row.labels()[length] == Labels.IGNORED) {
            length++;
        }
        return length;
    }

    private static byte[] ones(int length) {
        byte[] ones = new byte[length];
        Arrays.fill(ones, (byte) 1);
        return ones;
    }

    /** The number of each token's part, from 1; all of them 1 where the parts see one another. */
    private static int[] parts(Tokens row) {
        int[] mask = new int[row.length()];
        int at = 0;
        for (int part = 0; part < row.parts().length; part++) {
            Arrays.fill(mask, at, at + row.parts()[part], row.apart() ? part + 1 : 1);
            at += row.parts()[part];
        }
        return mask;
    }

    /** Tokens of the first of the rows. */
    int length(ArrowTable table, int row) {
        if (packed) {
            return padding.before(table.ints(IDS, row), table.ints(LABELS, row), marks(table, row));
        }
        String prefix = kind.prefixes.get(0);
        int ids = table.length(prefix + IDS, row);
        return kind == Kind.PROMPT ? ids + table.length(prefix + LABELS, row) : ids;
    }

    Sample sample(ArrowTable table, int row, Provenance provenance) {
        List<Tokens> rows = new ArrayList<>();
        for (String prefix : kind.prefixes) {
            rows.add(tokens(table, prefix, row));
        }
        return new Sample(rows, kind == Kind.FEEDBACK ? table.flag(WANTED, row) : null, provenance);
    }

    private Tokens tokens(ArrowTable table, String prefix, int row) {
        int[] ids = table.ints(prefix + IDS, row);
        int[] labels = kind == Kind.TEXT && !table.has(LABELS) ? padding.text(ids) : table.ints(prefix + LABELS, row);
        if (kind == Kind.PROMPT) {
            int[] all = Arrays.copyOf(ids, ids.length + labels.length);
            System.arraycopy(labels, 0, all, ids.length, labels.length);
            int[] learned = all.clone();
            Arrays.fill(learned, 0, ids.length, Labels.IGNORED);
            return Tokens.of(all, learned);
        }
        if (ids.length != labels.length) {
            throw new DataException(
                    "row " + row,
                    "The table has " + ids.length + " ids and " + labels.length + " labels here. Make it anew.");
        }
        return packed ? packed(table, row, ids, labels) : Tokens.of(ids, labels);
    }

    private Tokens packed(ArrowTable table, int row, int[] ids, int[] labels) {
        Padding.Marks marks = marks(table, row);
        int length = padding.before(ids, labels, marks);
        int[] starts = java.util.stream.IntStream.range(0, length)
                .filter(i -> marks.positions()[i] == 0)
                .toArray();
        int[] parts = new int[starts.length];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = (i + 1 < starts.length ? starts[i + 1] : length) - starts[i];
        }
        boolean apart = Arrays.stream(marks.parts(), 0, length).anyMatch(part -> part != 1);
        return new Tokens(Arrays.copyOf(ids, length), Arrays.copyOf(labels, length), parts, apart);
    }

    private static Padding.Marks marks(ArrowTable table, int row) {
        return new Padding.Marks(table.ints(MASK, row), table.ints(POSITIONS, row));
    }

    /**
     * The layout of a table that somebody wrote.
     *
     * @param unlearned token of plain text that is not learned
     * @throws DataException if its columns are none that an encoder writes
     */
    static SampleLayout of(ArrowTable table, Kind wanted, OptionalInt unlearned, String where) {
        List<String> missing = new SampleLayout(wanted, false)
                .columns().stream()
                        .filter(column -> !column.nullable())
                        .map(ArrowColumn::name)
                        .filter(name -> !table.has(name))
                        .toList();
        if (!missing.isEmpty()) {
            throw new DataException(
                    where,
                    "The table has no column " + String.join(", ", missing)
                            + ", so it does not hold rows of this stage."
                            + " Columns: " + String.join(", ", table.columns())
                            + ". Give another tokenized_path, or set overwrite_cache: true to make it anew.");
        }
        return new SampleLayout(wanted, wanted == Kind.ROW && table.has(POSITIONS), Padding.ofOthers(unlearned));
    }
}
