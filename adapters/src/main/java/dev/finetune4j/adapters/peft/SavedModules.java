package dev.finetune4j.adapters.peft;

import dev.finetune4j.adapters.full.Trainable;
import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.SafetensorsWriter.Item;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Parameters of the base model that an adapter replaces whole: PEFT's {@code modules_to_save}, and embedding tables that a
 * file carries along. A copy takes the place of each, and the original is set aside, so that switching the adapter off brings
 * it back.
 *
 * <p>Head and embedding of a tied model stay one matrix if the modules are fresh, whichever of the two is named. PEFT itself
 * unties them silently, so a stored adapter may hold two different matrices, or only one of the two; then the model is untied
 * as well, because it would compute something else otherwise.
 */
public final class SavedModules {
    private final Decoder decoder;
    private final Set<String> trained;
    private final Set<String> carried;
    private final @Nullable PeftFolder folder;
    private final Map<Parameter, DType> originals = new LinkedHashMap<>();
    private final String embedding;
    private final String head;

    private SavedModules(Decoder decoder, Set<String> trained, Set<String> carried, @Nullable PeftFolder folder) {
        this.decoder = decoder;
        this.trained = trained;
        this.carried = carried;
        this.folder = folder;
        this.embedding = embedding(decoder);
        this.head = head(decoder);
    }

    private static String embedding(Decoder decoder) {
        return decoder.config().names().embedding() + ".weight";
    }

    private static String head(Decoder decoder) {
        return decoder.config().names().head() + ".weight";
    }

    /**
     * Copies of the modules whose names end with one of {@code endings}. Changes nothing yet.
     *
     * @param carriesTables whether embedding and head are stored even where they do not train
     * @throws ConfigException naming the entries that no module's name ends with
     */
    public static SavedModules fresh(Decoder decoder, List<String> endings, boolean carriesTables) {
        Set<String> trained = find(decoder, endings, "additional_target");
        if (isTied(decoder)) {
            addBoth(decoder, trained);
        }
        Set<String> carried = new LinkedHashSet<>();
        for (String table : carriesTables ? List.of(embedding(decoder), head(decoder)) : List.<String>of()) {
            if (!trained.contains(table) && decoder.parameters().find(table) != null) {
                carried.add(table);
            }
        }
        return new SavedModules(decoder, trained, carried, null);
    }

    /**
     * What a folder replaces. Changes nothing yet.
     *
     * @throws ConfigException naming the entries of its config that no module's name ends with
     */
    public static SavedModules stored(Decoder decoder, PeftFolder folder) {
        Set<String> trained = find(decoder, folder.config().modulesToSave(), "modules_to_save");
        if (folder.config().tied()) {
            addBoth(decoder, trained);
        }
        Set<String> carried = new LinkedHashSet<>();
        for (String table : List.of(embedding(decoder), head(decoder))) {
            boolean there = folder.entries().containsKey(PeftNames.saved(table));
            if (there && !trained.contains(table) && decoder.parameters().find(table) != null) {
                carried.add(table);
            }
        }
        return new SavedModules(decoder, trained, carried, folder);
    }

    /** Of head and embedding the other one too, where one of them is there. */
    private static void addBoth(Decoder decoder, Set<String> trained) {
        if (trained.contains(head(decoder)) || trained.contains(embedding(decoder))) {
            trained.add(embedding(decoder));
            trained.add(head(decoder));
        }
    }

    private static Set<String> find(Decoder decoder, List<String> endings, String key) {
        ModuleNames modules = new ModuleNames(decoder);
        Set<String> found = new LinkedHashSet<>();
        List<ConfigException.Problem> problems = new ArrayList<>();
        for (String ending : endings) {
            Set<String> inside = modules.parametersIn(ending);
            found.addAll(inside);
            if (inside.isEmpty()) {
                String text = key + ": no module's name ends with \"" + ending + "\". Known: "
                        + String.join(", ", modules.owners()) + ".";
                problems.add(new ConfigException.Problem(key, ending, "", text, ""));
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return found;
    }

    private static boolean isTied(Decoder decoder) {
        return embedding(decoder).equals(decoder.parameters().ties().get(head(decoder)));
    }

    public boolean isEmpty() {
        return trained.isEmpty();
    }

    /** Whether a map's matrix is replaced whole, so that it carries no adapter of another kind. */
    public boolean contain(Linear map) {
        String stack = ExpertStacks.tensor(map);
        return stack == null
                ? trained.stream().anyMatch(name -> name.startsWith(map.name() + "."))
                : trained.contains(stack);
    }

    /** Names in an adapter file of what has a row for each token. */
    public Set<String> tables() {
        return Set.of(PeftNames.saved(embedding), PeftNames.saved(head));
    }

    /** Name in an adapter file and shape of each tensor; a tied matrix has two names. */
    public Map<String, long[]> places() {
        Map<String, long[]> places = new LinkedHashMap<>();
        for (String name : names()) {
            places.put(PeftNames.saved(name), decoder.parameters().get(name).shape());
        }
        return places;
    }

    private Set<String> names() {
        Set<String> names = new LinkedHashSet<>(trained);
        names.addAll(carried);
        return names;
    }

    /**
     * What {@code modules_to_save} of a fresh adapter says: the wish, but of a tied head and embedding only the embedding,
     * since {@code ensure_weight_tying} says the rest.
     */
    public List<String> configNames(List<String> endings) {
        if (!tied()) {
            return endings;
        }
        ModuleNames modules = new ModuleNames(decoder);
        Set<String> names = new LinkedHashSet<>(endings);
        names.removeIf(ending -> modules.parametersIn(ending).equals(Set.of(head)));
        if (names.stream().noneMatch(ending -> modules.parametersIn(ending).contains(embedding))) {
            names.add(embedding
                    .substring(0, embedding.length() - ".weight".length())
                    .replaceFirst(".*[.]", ""));
        }
        return List.copyOf(names);
    }

    /** Whether head and embedding are replaced by one matrix. */
    public boolean tied() {
        return isTied(decoder) && trained.contains(head) && trained.contains(embedding);
    }

    /** Puts the copies in place, trainable unless the file only carries them along; unties the model if it must be. */
    public void install(boolean pureBf16) {
        if (isTied(decoder) && splits()) {
            decoder.untieHead();
        }
        // Fresh tables that are only carried along are the model's own.
        for (String name : folder == null ? trained : names()) {
            Parameter parameter = decoder.parameters().get(name);
            if (originals.putIfAbsent(parameter, parameter.dtype()) == null) {
                try (Scope scope = Scope.open("replace " + name)) {
                    parameter.setAside(copy(name, parameter, pureBf16));
                    parameter.trainable(trained.contains(name));
                }
            }
        }
    }

    /** Whether what replaces a tied matrix is no longer one matrix. */
    private boolean splits() {
        Set<String> names = names();
        if (folder == null || !(names.contains(head) || names.contains(embedding))) {
            return false;
        }
        if (!names.contains(head) || !names.contains(embedding)) {
            return carried.isEmpty();
        }
        try (Scope scope = Scope.open("compare tables")) {
            return !folder.read(PeftNames.saved(head)).equal(folder.read(PeftNames.saved(embedding)));
        }
    }

    private Tensor copy(String name, Parameter parameter, boolean pureBf16) {
        DType dtype = trained.contains(name) ? Trainable.dtype(parameter.dtype(), pureBf16) : parameter.dtype();
        if (folder == null) {
            return Torch.copy(parameter.value(), dtype);
        }
        Tensor read = Torch.copy(folder.read(PeftNames.saved(name)), dtype);
        return decoder.device().isCuda() ? read.to(decoder.device().toNative(), dtype.scalarType()) : read;
    }

    /** Swaps copies and originals. */
    public void exchange() {
        originals.keySet().forEach(Parameter::exchange);
    }

    /** Makes the copies the model's own weights, in the dtype of the originals. */
    public void settle() {
        originals.forEach((parameter, dtype) -> {
            parameter.dropAside();
            parameter.dropGradient();
            parameter.trainable(false);
            if (parameter.dtype() != dtype) {
                try (Scope scope = Scope.open("settle " + parameter.name())) {
                    parameter.replace(Torch.copy(parameter.value(), dtype));
                }
            }
        });
        originals.clear();
    }

    /** What goes into an adapter file; a tied matrix under both its names, as loaders that know no ties need it. */
    public List<Item> items() {
        List<Item> items = new ArrayList<>();
        for (String name : names()) {
            Parameter parameter = decoder.parameters().get(name);
            items.add(new Item(PeftNames.saved(name), parameter.dtype(), parameter.shape(), parameter::value));
        }
        return items;
    }
}
