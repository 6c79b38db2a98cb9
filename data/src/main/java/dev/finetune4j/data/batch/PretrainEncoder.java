package dev.finetune4j.data.batch;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.batch.limit.LengthLimit;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.sample.Tokens;
import dev.finetune4j.data.source.Provenance;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Plain text, every token learned. Packed, the texts of a group run on through blocks of equal length and the rest of the
 * group is dropped; not packed, each text is a row of its own, cut at the limit.
 */
public final class PretrainEncoder implements GroupEncoder {
    private final Tokenizer tokenizer;
    private final String end;
    private final String begin;
    private final LengthLimit limit;
    private final boolean packing;
    private final boolean likeLlamaFactory;

    /**
     * @param end text put behind every text
     * @param limit its tokens are the length of a block, or the limit of a row
     * @param likeLlamaFactory whether padding tokens are never learned wherever they stand, which, where the end token also
     *     pads, unlearns the end
     */
    public PretrainEncoder(
            Tokenizer tokenizer, String end, LengthLimit limit, boolean packing, boolean likeLlamaFactory) {
        this.tokenizer = tokenizer;
        this.end = end;
        this.limit = limit;
        this.packing = packing;
        this.likeLlamaFactory = likeLlamaFactory;
        String bos = tokenizer.specialTokens().bos();
        this.begin = tokenizer.specialTokens().addBos() && bos != null ? bos : "";
        if (!begin.isEmpty() && tokenizer.bosId().isEmpty()) {
            throw new TemplateException("The tokenizer's beginning token \"" + bos + "\" is not in its vocabulary.");
        }
    }

    @Override
    public List<Sample> encode(List<Reading> group, CutReport report) {
        List<Outcome> texts = group.parallelStream().map(this::encode).toList();
        // A text of one token is part of a block, though it would be no row to learn from.
        List<Sample> kept = Outcome.kept(texts, report, packing || likeLlamaFactory);
        return packing ? blocks(kept, report) : kept;
    }

    private Outcome encode(Reading reading) {
        if (reading instanceof Reading.Rejected rejected) {
            return new Outcome.Rejected(rejected.rejection());
        }
        Reading.Accepted accepted = (Reading.Accepted) reading;
        Provenance provenance = accepted.provenance();
        if (accepted.conversation().messages().isEmpty()) {
            return Outcome.rejected(provenance, "no text");
        }
        String text = accepted.conversation().messages().get(0).content() + end;
        int[] ids = tokenizer.encode(packing ? text : begin + text);
        if (!packing && limit.refuses(ids.length)) {
            return new Outcome.TooLong(provenance, ids.length, limit);
        }
        int[] kept = packing || ids.length <= limit.tokens() ? ids : Arrays.copyOf(ids, limit.tokens());
        return Outcome.of(Sample.of(Tokens.of(kept, labels(kept)), provenance), ids.length - kept.length);
    }

    private List<Sample> blocks(List<Sample> texts, CutReport report) {
        List<Sample> blocks = new ArrayList<>();
        int[] block = new int[limit.tokens()];
        int filled = 0;
        Provenance first = null;
        for (Sample text : texts) {
            for (int id : text.tokens().ids()) {
                if (filled == 0) {
                    first = text.provenance();
                }
                block[filled++] = id;
                if (filled == block.length && first != null) {
                    blocks.add(block(block.clone(), first));
                    filled = 0;
                }
            }
        }
        report.packed(blocks.size());
        if (!texts.isEmpty()) {
            report.remainder(texts.get(texts.size() - 1).provenance().dataset(), filled);
        }
        return blocks;
    }

    private Sample block(int[] ids, Provenance provenance) {
        if (!begin.isEmpty()) {
            ids[0] = tokenizer.bosId().orElseThrow();
        }
        return Sample.of(Tokens.of(ids, labels(ids)), provenance);
    }

    private int[] labels(int[] ids) {
        int[] labels = ids.clone();
        if (likeLlamaFactory && tokenizer.padId().isPresent()) {
            int pad = tokenizer.padId().getAsInt();
            for (int i = 0; i < labels.length; i++) {
                labels[i] = labels[i] == pad ? Labels.IGNORED : labels[i];
            }
        }
        return labels;
    }
}
