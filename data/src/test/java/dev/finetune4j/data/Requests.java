package dev.finetune4j.data;

import dev.finetune4j.data.batch.Masking;
import dev.finetune4j.data.batch.limit.LengthLimit;
import dev.finetune4j.data.batch.limit.Overlong;
import dev.finetune4j.data.template.TemplateOptions;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests for tests, changed in one place at a time. */
final class Requests {
    private final Path folder;
    private String stage = "sft";
    private List<String> datasets = List.of("rows");
    private List<String> evalDatasets = List.of();
    private @Nullable String template = "qwen";
    private TemplateOptions options = TemplateOptions.DEFAULTS;
    private int cutoff = 2048;
    private Overlong overlong = Overlong.TRIM;
    private DataRequest.InvalidRows invalid = DataRequest.InvalidRows.SKIPPED;
    private @Nullable Packing packing;
    private Masking masking = Masking.ANSWERS;
    private DataRequest.Sampling sampling = DataRequest.Sampling.ALL;
    private DataRequest.Groups groups = DataRequest.Groups.DEFAULTS;
    private DataRequest.@Nullable Stream stream;
    private DataRequest.@Nullable Cache cache;

    private Requests(Path folder) {
        this.folder = folder;
    }

    static Requests in(Path folder) {
        return new Requests(folder);
    }

    Requests stage(String name) {
        stage = name;
        return this;
    }

    Requests datasets(String... names) {
        datasets = List.of(names);
        return this;
    }

    Requests evaluation(String... names) {
        evalDatasets = List.of(names);
        return this;
    }

    Requests template(@Nullable String name) {
        template = name;
        return this;
    }

    Requests options(TemplateOptions wishes) {
        options = wishes;
        return this;
    }

    Requests cutoff(int tokens) {
        cutoff = tokens;
        return this;
    }

    Requests packing(Packing kind) {
        packing = kind;
        return this;
    }

    Requests masking(boolean onPrompt, boolean history, boolean likeLlamaFactory) {
        masking = new Masking(onPrompt, history, likeLlamaFactory);
        return this;
    }

    Requests sampling(@Nullable Integer most, double validation, boolean each) {
        sampling = new DataRequest.Sampling(most, validation, each, 42);
        return this;
    }

    Requests groups(DataRequest.Groups wish) {
        groups = wish;
        return this;
    }

    Requests overlong(Overlong policy) {
        overlong = policy;
        return this;
    }

    Requests invalid(DataRequest.InvalidRows.Policy policy, double mostShare) {
        invalid = new DataRequest.InvalidRows(policy, mostShare);
        return this;
    }

    Requests stream(int buffer, int rows) {
        stream = new DataRequest.Stream(buffer, rows);
        return this;
    }

    Requests cache(Path where, boolean overwrite) {
        cache = new DataRequest.Cache(where, overwrite);
        return this;
    }

    DataRequest build() {
        return new DataRequest(
                stage,
                new DataRequest.Sources(folder, datasets, evalDatasets, sampling),
                new DataRequest.Rendering(template, options, new LengthLimit(cutoff, overlong), packing, masking),
                new DataRequest.Handling(groups, invalid, cache, stream));
    }
}
