package dev.finetune4j.data;

import dev.finetune4j.data.dataset.Dataset;
import java.util.ArrayList;
import java.util.List;

/** Cuts rows into encoding groups: into shards first where there are several, and each shard into groups. */
final class Grouping {
    private Grouping() {}

    static <T> Dataset<List<T>> of(Dataset<T> rows, DataRequest.Groups groups) {
        if (groups.shards() <= 1) {
            return rows.chunked(groups.size());
        }
        List<T> all = rows.toList();
        int shards = Math.max(1, Math.min(groups.shards(), all.size()));
        List<List<T>> cut = new ArrayList<>();
        int start = 0;
        for (int shard = 0; shard < shards; shard++) {
            // The first shards get one row more where rows do not divide evenly.
            int end = start + all.size() / shards + (shard < all.size() % shards ? 1 : 0);
            for (int at = start; at < end; at += groups.size()) {
                cut.add(all.subList(at, Math.min(at + groups.size(), end)));
            }
            start = end;
        }
        return Dataset.of(cut);
    }
}
