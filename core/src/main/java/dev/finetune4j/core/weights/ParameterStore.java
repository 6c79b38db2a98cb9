package dev.finetune4j.core.weights;

import dev.finetune4j.core.error.WeightException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Single owner of a model's parameters, under Hugging Face names, in the order of the walk. Adapters add theirs under the
 * names that PEFT gives them. Confined to a thread.
 */
public final class ParameterStore implements AutoCloseable {
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, String> ties = new LinkedHashMap<>();

    /** Adds a parameter; the store closes it. */
    public Parameter add(Parameter parameter) {
        if (parameters.putIfAbsent(parameter.name(), parameter) != null) {
            throw new WeightException("There are two parameters called " + parameter.name() + ".");
        }
        return parameter;
    }

    /** Makes {@code alias} another name of {@code target}: one tensor, one gradient. */
    public void tie(String alias, String target) {
        ties.put(alias, target);
    }

    /**
     * Ends a tie: the alias becomes a parameter of its own with the target's value, whose memory it shares until one of
     * them is replaced.
     *
     * @throws WeightException if the name is tied to nothing
     */
    public Parameter untie(String alias) {
        String target = ties.remove(alias);
        if (target == null) {
            throw new WeightException(alias + " is tied to no other parameter.");
        }
        return add(new Parameter(alias, get(target).value().detach()));
    }

    /** Alias to target of tied tensors. */
    public Map<String, String> ties() {
        return Map.copyOf(ties);
    }

    /** Takes a parameter out and frees it. */
    public void remove(String name) {
        Parameter removed = parameters.remove(name);
        if (removed != null) {
            removed.close();
        }
    }

    public @Nullable Parameter find(String name) {
        return parameters.get(ties.getOrDefault(name, name));
    }

    /**
     * @throws WeightException if no parameter has that name
     */
    public Parameter get(String name) {
        Parameter parameter = find(name);
        if (parameter == null) {
            throw new WeightException("The model has no parameter " + name + ".");
        }
        return parameter;
    }

    /** All parameters in the order they were added; tied ones once. */
    public Collection<Parameter> all() {
        return List.copyOf(parameters.values());
    }

    public List<Parameter> trainable() {
        List<Parameter> result = new ArrayList<>();
        for (Parameter parameter : parameters.values()) {
            if (parameter.trainable()) {
                result.add(parameter);
            }
        }
        return result;
    }

    public long elements() {
        return parameters.values().stream().mapToLong(Parameter::elements).sum();
    }

    public long trainableElements() {
        return trainable().stream().mapToLong(Parameter::elements).sum();
    }

    @Override
    public void close() {
        parameters.values().forEach(Parameter::close);
        parameters.clear();
    }
}
