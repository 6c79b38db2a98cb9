package dev.finetune4j.core.weights.pickle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds the named tensors in what a file holds. */
final class StateDict {
    /** Under which names programs save a model's tensors beside other things. */
    private static final List<String> WRAPPERS = List.of("state_dict", "model_state_dict", "model", "module");

    private StateDict() {}

    /**
     * The tensors by name: the value itself if it is a dictionary of tensors, or the one such dictionary under a name that
     * means a model.
     *
     * @throws dev.finetune4j.core.error.WeightException if there is none, or more than one
     */
    static Map<String, Value.Strided> of(Object root, Faults faults) {
        if (!(root instanceof Value.Dict dictionary)) {
            throw faults.unsupported("holds " + Value.kind(root) + " where a dictionary of tensors is due");
        }
        Map<String, Value.Strided> own = tensors(dictionary);
        List<String> inner = wrappers(dictionary);
        if (own.isEmpty() && inner.size() == 1 && dictionary.entries().get(inner.get(0)) instanceof Value.Dict model) {
            return tensors(model);
        }
        if (own.isEmpty() && inner.isEmpty()) {
            throw faults.unsupported("holds no tensors by name, nor a dictionary of them under one of "
                    + String.join(", ", WRAPPERS) + "; its keys: " + keys(dictionary));
        }
        if (!inner.isEmpty()) {
            throw faults.unsupported("holds several dictionaries of tensors"
                    + (own.isEmpty() ? "" : ", itself among them") + ", and which one is the model is not said: "
                    + String.join(", ", inner));
        }
        return own;
    }

    private static Map<String, Value.Strided> tensors(Value.Dict dictionary) {
        Map<String, Value.Strided> tensors = new LinkedHashMap<>();
        dictionary.entries().forEach((key, value) -> {
            if (key instanceof String name && value instanceof Value.Strided tensor) {
                tensors.put(name, tensor);
            }
        });
        return tensors;
    }

    private static List<String> wrappers(Value.Dict dictionary) {
        List<String> found = new ArrayList<>();
        for (String name : WRAPPERS) {
            if (dictionary.entries().get(name) instanceof Value.Dict inner
                    && !tensors(inner).isEmpty()) {
                found.add(name);
            }
        }
        return found;
    }

    private static String keys(Value.Dict dictionary) {
        List<String> keys = new ArrayList<>();
        for (Object key : dictionary.entries().keySet()) {
            if (key instanceof String text && keys.size() < 10) {
                keys.add(Faults.shortened(text));
            }
        }
        return keys.isEmpty() ? "none" : String.join(", ", keys);
    }
}
