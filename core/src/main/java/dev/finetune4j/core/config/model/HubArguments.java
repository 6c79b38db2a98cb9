package dev.finetune4j.core.config.model;

import dev.finetune4j.core.config.declare.Default;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where models and data sets come from that are no local folders: hubs, and the caches that Python's tools share.
 *
 * @param cacheDir folder of the cache in place of the hub's own (environment variables name that). Default: none
 * @param modelRevision branch, tag or commit of the model's repository. Default: main
 * @param hfHubToken for Hugging Face, in place of {@code HF_TOKEN}; goes to no other host. Default: none
 * @param msHubToken for ModelScope, in place of {@code MODELSCOPE_API_TOKEN}. Default: none
 * @param omHubToken for Modelers, in place of {@code OM_HUB_TOKEN}. Default: none
 */
public record HubArguments(
        @Nullable Path cacheDir,
        @Default("main") String modelRevision,
        @Nullable String hfHubToken,
        @Nullable String msHubToken,
        @Nullable String omHubToken) {
    /** Without the tokens. */
    @Override
    public String toString() {
        return "HubArguments[cacheDir=" + cacheDir + ", modelRevision=" + modelRevision + "]";
    }
}
