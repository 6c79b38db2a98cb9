package dev.finetune4j.finetune.rows;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.model.HubArguments;
import dev.finetune4j.core.hub.HubSettings;
import dev.finetune4j.core.hub.Hubs;

/** The hubs of a run. Nothing is asked of them before something is not found here. */
public final class RunHubs {
    private RunHubs() {}

    /** With the run's cache and tokens. */
    public static Hubs of(FineTuneArguments arguments) {
        HubArguments hub = arguments.model().hub();
        return Hubs.of(HubSettings.DEFAULT
                .withCacheDir(hub.cacheDir())
                .withTokens(hub.hfHubToken(), hub.msHubToken(), hub.omHubToken()));
    }
}
