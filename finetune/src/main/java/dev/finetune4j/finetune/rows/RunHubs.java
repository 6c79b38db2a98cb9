package dev.finetune4j.finetune.rows;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.model.HubArguments;
import dev.finetune4j.core.hub.HubSettings;
import dev.finetune4j.core.hub.Hubs;
import dev.finetune4j.core.hub.catalog.ModelCatalog;
import org.jspecify.annotations.Nullable;

/** The hubs of a run, and what a model's name alone means. Nothing is asked of them before something is not found here. */
public final class RunHubs {
    private RunHubs() {}

    /** With the run's cache and tokens. */
    public static Hubs of(FineTuneArguments arguments) {
        HubArguments hub = arguments.model().hub();
        return Hubs.of(HubSettings.DEFAULT
                .withCacheDir(hub.cacheDir())
                .withTokens(hub.hfHubToken(), hub.msHubToken(), hub.omHubToken()));
    }

    /**
     * What a program with the same hub would call the model: what the run calls it, or the id of the repository where that is
     * a name of the list of models.
     */
    public static String modelName(FineTuneArguments arguments) {
        Hubs hubs = of(arguments);
        String given = String.valueOf(arguments.model().modelNameOrPath());
        return hubs.listed(given).map(hubs::idOf).orElse(given);
    }

    /** The template that belongs to the model's name, where the run names none; null where no template belongs to it. */
    public static @Nullable String defaultTemplate(FineTuneArguments arguments) {
        String given = arguments.model().modelNameOrPath();
        if (given == null || arguments.data().template() != null) {
            return null;
        }
        return of(arguments).listed(given).map(ModelCatalog.Model::template).orElse(null);
    }
}
