package dev.finetune4j.core.gguf;

/** Where a row of the file belongs on the hub. */
@FunctionalInterface
interface RowOrder {
    /** The hub's row for row {@code row} of the file. */
    long target(long row);

    /**
     * Undoes llama.cpp's order of rotary pairs: row {@code (head, j, half)} of the file is row {@code (head, half, j)}.
     *
     * @param headDim width of a head, even
     */
    static RowOrder paired(long headDim) {
        long half = headDim / 2;
        return row -> {
            long inHead = row % headDim;
            return row - inHead + (inHead & 1) * half + (inHead >> 1);
        };
    }

    /**
     * Undoes the order of a fused projection: all queries, all keys, all values in the file; on the hub the queries of each
     * group of heads, then its key and its value.
     */
    static RowOrder grouped(long heads, long keyValueHeads, long headDim) {
        long inGroup = heads / keyValueHeads;
        return row -> {
            long head = row / headDim;
            long within = row % headDim;
            long place;
            if (head < heads) {
                place = head / inGroup * (inGroup + 2) + head % inGroup;
            } else if (head < heads + keyValueHeads) {
                place = (head - heads) * (inGroup + 2) + inGroup;
            } else {
                place = (head - heads - keyValueHeads) * (inGroup + 2) + inGroup + 1;
            }
            return place * headDim + within;
        };
    }
}
