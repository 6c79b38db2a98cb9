package dev.finetune4j.core.model.vocabulary;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Normals;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** The rows of one table, embedding or head, that no checkpoint filled. */
final class TokenRows {
    /** Rows that are widened at a time. */
    private static final long SLICE = 1024;

    private final Parameter table;
    private final VocabularyResize resize;
    private final Normals normals;

    TokenRows(Parameter table, VocabularyResize resize, Normals normals) {
        this.table = table;
        this.resize = resize;
        this.normals = normals;
    }

    /** Draws every row beyond the checkpoint, as fresh embeddings are drawn. */
    void pad(double deviation) {
        int count = resize.rows() - resize.stored();
        if (count > 0) {
            Tensor drawn = normals.draw(table.name() + " rows", deviation, count, width());
            table.value().narrow(0, resize.stored(), count).copy_(drawn);
        }
    }

    /**
     * Gives each new token its first values.
     *
     * @param embedding where the rows of descriptions are read
     */
    void start(Tensor embedding) {
        Tensor mean = mean();
        for (NewToken token : resize.tokens()) {
            try (Scope scope = Scope.open("new token")) {
                List<Integer> words = token.description();
                Tensor row = words.isEmpty() ? mean : described(embedding, words);
                if (token.noisy()) {
                    Tensor noise = normals.draw(table.name() + " " + token.text(), 1 / Math.sqrt(width()), width());
                    row = row.add(
                            device().isCuda() ? noise.to(device().toNative(), DType.FLOAT32.scalarType()) : noise);
                }
                table.value().select(0, token.id()).copy_(row);
            }
        }
    }

    private Tensor described(Tensor embedding, List<Integer> words) {
        int[] ids = words.stream().mapToInt(Integer::intValue).toArray();
        return Torch.to(embedding.index_select(0, Torch.ints(ids, device())), DType.FLOAT32)
                .mean(0);
    }

    /** Mean of the checkpoint's rows but for those of new tokens, fp32, in the caller's scope. */
    Tensor mean() {
        try (Scope scope = Scope.open("mean row")) {
            Tensor sum = Torch.to(table.value().narrow(0, 0, 0), DType.FLOAT64).sum(0);
            for (long from = 0; from < resize.stored(); from += SLICE) {
                add(sum, 1, from, Math.min(SLICE, resize.stored() - from));
            }
            long count = resize.stored();
            for (int id : resize.ids()) {
                if (id < resize.stored()) {
                    add(sum, -1, id, 1);
                    count--;
                }
            }
            return scope.keep(Torch.to(sum.div(Torch.scalar(Math.max(1, count))), DType.FLOAT32));
        }
    }

    private void add(Tensor sum, double factor, long from, long count) {
        try (Scope scope = Scope.open("rows")) {
            Tensor rows = table.value().narrow(0, from, count);
            sum.add_(Torch.to(rows, DType.FLOAT64).sum(0), Torch.scalar(factor));
        }
    }

    private long width() {
        return table.value().size(1);
    }

    private Device device() {
        return Torch.device(table.value());
    }
}
