package dev.finetune4j.data;

import dev.finetune4j.data.cache.CacheKey;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.catalog.DatasetFiles;
import dev.finetune4j.data.catalog.HubFiles;
import dev.finetune4j.data.source.DataFile;
import dev.finetune4j.data.source.Sha256;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says of what and how the rows of a request are encoded (P15). */
final class CacheKeys {
    /** Grows whenever this library encodes the same rows in another way. */
    private static final String ENCODING = "1";

    private CacheKeys() {}

    /**
     * @param entries of all sets, training before evaluation
     * @param tokenizer as the template needs it
     */
    static CacheKey of(
            DataRequest request, List<DatasetEntry> entries, HubFiles hub, Template template, Tokenizer tokenizer) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("encoding", ENCODING);
        facts.put("stage", request.stage());
        DataRequest.Sources sources = request.sources();
        facts.put("dataset", String.join(",", sources.train()));
        facts.put("eval_dataset", String.join(",", sources.evaluation()));
        facts.put("sampling", sources.sampling().toString());
        DataRequest.Rendering rendering = request.rendering();
        facts.put(
                "cutoff_len",
                rendering.limit().tokens() + " " + rendering.limit().overlong());
        facts.put("packing", String.valueOf(rendering.packing()));
        facts.put("masking", rendering.masking().toString());
        DataRequest.Groups groups = request.handling().groups();
        facts.put("groups", groups.size() + " x " + groups.shards());
        facts.put(
                "template",
                template.name() + " " + Sha256.of(List.of(template.timeless().toString())));
        facts.put("tokenizer", tokenizer.digest());
        for (DatasetEntry entry : entries) {
            facts.put("description of " + entry.name(), entry.toString());
            for (DataFile file : DatasetFiles.of(entry, hub)) {
                facts.put("content of " + file.name(), Sha256.of(file));
            }
        }
        return new CacheKey(facts);
    }
}
