package dev.finetune4j.core.model.attention.shifted;

import dev.finetune4j.core.model.attention.AttentionKernel.Inputs;
import dev.finetune4j.core.model.attention.AttentionRule;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * The heads that stay and those that are shifted. Where query heads of both share a key head, key heads are repeated until
 * none is shared.
 *
 * @param repeats how often each key head stands
 * @param halves one or two; the first half of an odd number of heads is the smaller one and may be none
 */
record HeadHalves(long repeats, List<Half> halves) {
    static HeadHalves of(long heads, long keyValueHeads) {
        long group = heads / keyValueHeads;
        long repeats = keyValueHeads % 2 == 0 ? 1 : group % 2 == 0 ? 2 : group;
        long keys = keyValueHeads * repeats;
        long first = heads / 2;
        long firstKeys = first * keys / heads;
        return new HeadHalves(
                repeats,
                Stream.of(
                                new Half(0, first, 0, firstKeys, false),
                                new Half(first, heads - first, firstKeys, keys - firstKeys, true))
                        .filter(half -> half.heads > 0)
                        .toList());
    }

    /** {@code [tokens, keyValueHeads · repeats, dim]}. */
    Tensor repeated(Tensor keys) {
        if (repeats == 1) {
            return keys;
        }
        return keys.unsqueeze(2)
                .expand(keys.size(0), keys.size(1), repeats, keys.size(2))
                .reshape(keys.size(0), keys.size(1) * repeats, keys.size(2));
    }

    /** Consecutive heads. */
    record Half(long first, long heads, long firstKey, long keyHeads, boolean shifted) {
        Tensor queries(Tensor all) {
            return all.narrow(1, first, heads);
        }

        Tensor keys(Tensor all) {
            return all.narrow(1, firstKey, keyHeads);
        }

        Inputs of(Inputs all) {
            return new Inputs(queries(all.q()), keys(all.k()), keys(all.v()));
        }

        Tensor statistics(Tensor all) {
            return all.narrow(0, first, heads);
        }

        AttentionRule rule(AttentionRule whole) {
            double[] slopes = whole.slopes() == null
                    ? null
                    : Arrays.copyOfRange(whole.slopes(), (int) first, (int) (first + heads));
            return new AttentionRule(whole.scale(), whole.window(), 0, whole.softCap(), null, slopes);
        }
    }
}
