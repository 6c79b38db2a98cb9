package dev.finetune4j.training.optim;

import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Gives each parameter, by rule, a factor of the learning rate and a weight decay. Immutable. */
public final class ParameterGroups {
    // The trainer of transformers 5 exempts these; its further exemption, modules of torch's LayerNorm class, concerns
    // no
    // module of a decoder that these patterns do not name already.
    private static final Pattern UNDECAYED =
            Pattern.compile("bias|layernorm|rmsnorm|(?:^|\\.)norm(?:$|\\.)|_norm(?:$|\\.)");

    private final Function<Parameter, Group> rule;

    /**
     * What parameters have in common.
     *
     * @param rateFactor multiplies the learning rate
     * @param weightDecay decoupled decay a step, multiplied by the rate
     */
    public record Group(double rateFactor, double weightDecay) {}

    /** Groups by a rule of its own, for example another factor for a part of an adapter. */
    public ParameterGroups(Function<Parameter, Group> rule) {
        this.rule = rule;
    }

    /** The Hugging Face trainer's rule: one rate; decay for all but biases and norm weights. */
    public static ParameterGroups standard(double weightDecay) {
        Group decayed = new Group(1, weightDecay);
        Group plain = new Group(1, 0);
        return new ParameterGroups(p -> decays(p.name()) ? decayed : plain);
    }

    /** Whether the trainer decays a parameter of that name. */
    public static boolean decays(String name) {
        return !UNDECAYED.matcher(name.toLowerCase(Locale.ROOT)).find();
    }

    public Group of(Parameter parameter) {
        return rule.apply(parameter);
    }

    /** The parameters that have a gradient, by group, in their order. */
    Map<Group, List<Parameter>> withGradient(List<Parameter> parameters) {
        Map<Group, List<Parameter>> groups = new LinkedHashMap<>();
        for (Parameter parameter : parameters) {
            if (parameter.gradient() != null) {
                groups.computeIfAbsent(of(parameter), g -> new ArrayList<>()).add(parameter);
            }
        }
        return groups;
    }
}
