package dev.finetune4j.core.hub;

import dev.finetune4j.core.error.HubException;
import dev.finetune4j.core.error.Nearest;
import dev.finetune4j.core.hub.catalog.ModelCatalog;
import dev.finetune4j.core.hub.repo.FileSelection;
import dev.finetune4j.core.hub.repo.RepoId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides which hub is asked, by LLaMA-Factory's rules: {@code USE_MODELSCOPE_HUB} before {@code USE_OPENMIND_HUB} before
 * Hugging Face. Hubs are made when first asked for. Thread-safe.
 */
public final class Hubs {
    private final HubSettings settings;
    private final HubEnvironment environment;
    private @Nullable Hub huggingFace;
    private @Nullable Hub modelScope;
    private @Nullable Hub modelers;

    /** A repository and the hub that has it. */
    public record Published(Hub hub, RepoId repo) {}

    private Hubs(HubSettings settings, HubEnvironment environment) {
        this.settings = settings;
        this.environment = environment;
    }

    public static Hubs of(HubSettings settings, HubEnvironment environment) {
        return new Hubs(settings, environment);
    }

    /** With the environment of this process. */
    public static Hubs of(HubSettings settings) {
        return of(settings, HubEnvironment.ofProcess());
    }

    public synchronized Hub huggingFace() {
        Hub hub = huggingFace == null ? new HuggingFaceHub(settings, environment) : huggingFace;
        huggingFace = hub;
        return hub;
    }

    public synchronized Hub modelScope() {
        Hub hub = modelScope == null ? new ModelScopeHub(settings, environment) : modelScope;
        modelScope = hub;
        return hub;
    }

    public synchronized Hub modelers() {
        Hub hub = modelers == null ? new ModelersHub(settings, environment) : modelers;
        modelers = hub;
        return hub;
    }

    /** The hub for models, and for data sets of which only a name is known ({@code dataset_dir: ONLINE}). */
    public Hub preferred() {
        return usesModelScope() ? modelScope() : usesModelers() ? modelers() : huggingFace();
    }

    private boolean usesModelScope() {
        return environment.isEnabled("USE_MODELSCOPE_HUB");
    }

    private boolean usesModelers() {
        return environment.isEnabled("USE_OPENMIND_HUB");
    }

    /** What the list of models says of a name; empty where a folder has the name, or the list does not. */
    public Optional<ModelCatalog.Model> listed(String nameOrPath) {
        return Files.exists(environment.expanded(nameOrPath))
                ? Optional.empty()
                : ModelCatalog.builtIn().find(nameOrPath);
    }

    /** What the preferred hub calls a model that the list has. */
    public String idOf(ModelCatalog.Model model) {
        String id = usesModelScope() ? model.modelScope() : usesModelers() ? model.modelers() : model.huggingFace();
        // As in LLaMA-Factory: mirrors often keep the name.
        return id == null ? model.huggingFace() : id;
    }

    /**
     * The folder of a model or an adapter: the folder of that name if there is one, else what the preferred hub has under
     * it, or under what the {@link ModelCatalog} calls it there.
     *
     * @param nameOrPath {@code model_name_or_path}
     * @param revision {@code model_revision}
     * @throws HubException if there is no such folder and the hub does not give it
     */
    public Path modelFolder(String nameOrPath, String revision) {
        Path local = environment.expanded(nameOrPath);
        if (Files.exists(local)) {
            return local;
        }
        String id = listed(nameOrPath).map(this::idOf).orElse(nameOrPath);
        if (!RepoId.isName(id)) {
            throw new HubException(
                    HubException.Kind.INVALID,
                    "",
                    "There is no folder \"" + nameOrPath + "\" (looked for " + local.toAbsolutePath()
                            + "), and no repository can have that name; those are \"owner/name\"."
                            + Nearest.sentence(
                                    nameOrPath, ModelCatalog.builtIn().names()));
        }
        try {
            return preferred().snapshot(RepoId.model(id), revision, FileSelection.MODEL);
        } catch (HubException e) {
            throw id.contains("/") && id.equals(nameOrPath) ? e : explained(e, nameOrPath, id);
        }
    }

    /** A failure of a name without an owner, which may not have been meant for the hub, or not as it was asked for. */
    private HubException explained(HubException failure, String name, String id) {
        String said = failure.getMessage();
        String hint = id.equals(name)
                ? "There is no folder \"" + name + "\" here, and the list of models has no such name either."
                        + Nearest.sentence(name, ModelCatalog.builtIn().names())
                : "The list of models gives this repository for \"" + name + "\"; another can be given as owner/name.";
        return new HubException(failure.kind(), "", said + " " + hint, failure);
    }

    /**
     * The data set of a catalog entry that names it on one hub or several: ModelScope where its key is given and that hub is
     * switched on or there is no {@code hf_hub_url}, else Modelers by the same rule, else Hugging Face.
     *
     * @throws HubException if no key is given
     */
    public Published dataset(@Nullable String hfHubUrl, @Nullable String msHubUrl, @Nullable String omHubUrl) {
        if (msHubUrl != null && (usesModelScope() || hfHubUrl == null)) {
            return new Published(modelScope(), RepoId.dataset(msHubUrl));
        }
        if (omHubUrl != null && (usesModelers() || hfHubUrl == null)) {
            return new Published(modelers(), RepoId.dataset(omHubUrl));
        }
        if (hfHubUrl != null) {
            return new Published(huggingFace(), RepoId.dataset(hfHubUrl));
        }
        throw new HubException(
                HubException.Kind.INVALID,
                "",
                "The entry names no hub. Give one of " + List.of("hf_hub_url", "ms_hub_url", "om_hub_url") + ".");
    }

    /** A data set of which only a name is known ({@code dataset_dir: ONLINE}). */
    public Published dataset(String name) {
        return new Published(preferred(), RepoId.dataset(name));
    }
}
