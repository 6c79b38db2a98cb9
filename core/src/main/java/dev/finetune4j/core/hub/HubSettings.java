package dev.finetune4j.core.hub;

import dev.finetune4j.core.hub.repo.TransferListener;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a run says about hubs; the environment variables say the rest.
 *
 * @param cacheDir {@code cache_dir}: where files are kept, null for the place that the hub's own tools use
 * @param huggingFaceToken {@code hf_hub_token}, null to look in the environment
 * @param modelScopeToken {@code ms_hub_token}, likewise
 * @param modelersToken {@code om_hub_token}; there is no variable for it
 * @param listener told how far transfers are
 */
public record HubSettings(
        @Nullable Path cacheDir,
        @Nullable String huggingFaceToken,
        @Nullable String modelScopeToken,
        @Nullable String modelersToken,
        TransferListener listener) {
    /** Nothing said. */
    public static final HubSettings DEFAULT = new HubSettings(null, null, null, null, TransferListener.NONE);

    public HubSettings withCacheDir(@Nullable Path folder) {
        return new HubSettings(folder, huggingFaceToken, modelScopeToken, modelersToken, listener);
    }

    public HubSettings withTokens(
            @Nullable String huggingFace, @Nullable String modelScope, @Nullable String modelers) {
        return new HubSettings(cacheDir, huggingFace, modelScope, modelers, listener);
    }

    public HubSettings withListener(TransferListener told) {
        return new HubSettings(cacheDir, huggingFaceToken, modelScopeToken, modelersToken, told);
    }

    /** Without the tokens. */
    @Override
    public String toString() {
        return "HubSettings[cacheDir=" + cacheDir + "]";
    }
}
