package dev.finetune4j.core.model.attention.shifted;

import dev.finetune4j.core.model.AttentionLayout;
import java.util.ArrayList;
import java.util.List;

/** Cuts documents into groups. */
final class Groups {
    private static final int PER_DOCUMENT = 4;

    private Groups() {}

    /**
     * A layout whose documents are the groups.
     *
     * @param shifted whether borders lie half a group later, behind one more group of that size
     */
    static AttentionLayout of(AttentionLayout layout, boolean shifted) {
        List<Integer> starts = new ArrayList<>();
        List<Integer> lengths = new ArrayList<>();
        for (int document = 0; document < layout.documents(); document++) {
            int size = Math.max(1, layout.lengths()[document] / PER_DOCUMENT);
            int start = layout.starts()[document];
            int end = start + layout.lengths()[document];
            int length = shifted && size > 1 ? size / 2 : size;
            while (start < end) {
                starts.add(start);
                lengths.add(Math.min(length, end - start));
                start += length;
                length = size;
            }
        }
        return new AttentionLayout(array(starts), array(lengths), layout.positions(), layout.rowLengths());
    }

    private static int[] array(List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).toArray();
    }
}
