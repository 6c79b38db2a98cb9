package dev.finetune4j.core.model.experts;

import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.model.experts.routing.Router;
import dev.finetune4j.core.model.experts.routing.RouterStatistics;
import dev.finetune4j.core.model.layers.Activation;
import dev.finetune4j.core.model.layers.FeedForward;
import dev.finetune4j.core.model.layers.GatedFeedForward;
import dev.finetune4j.core.model.linear.DenseWeight;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.SliceWeight;
import dev.finetune4j.core.model.linear.Workspace;
import dev.finetune4j.core.model.projection.ProjectionGroup;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds mixtures of experts from the parameters that {@link ExpertShapes} asks for. */
public final class ExpertBuilder {
    private final ExpertFacts facts;
    private final ExpertConfig experts;
    private final ParameterStore store;
    private final Workspace workspace;
    private final RouterStatistics statistics;

    /** @param statistics shared by all blocks of the model */
    public ExpertBuilder(ExpertFacts facts, ParameterStore store, Workspace workspace, RouterStatistics statistics) {
        this.facts = facts;
        this.experts = facts.experts();
        this.store = store;
        this.workspace = workspace;
        this.statistics = statistics;
    }

    /**
     * The layer of one block.
     *
     * @param block the block's name, such as {@code model.layers.3}
     * @throws UnsupportedException for an activation that is not known
     */
    public FeedForward build(String block) {
        ExpertNames names = new ExpertNames(experts, block);
        List<Expert> all = new ArrayList<>();
        for (int e = 0; e < experts.count(); e++) {
            all.add(experts.storage() == ExpertConfig.Storage.SEPARATE ? separate(e, names) : sliced(e, names));
        }
        boolean weighsInput = experts.router().score() == ExpertConfig.Score.SIGMOID_ON_INPUT;
        return new MixtureOfExperts(router(names), weighsInput, all, shared(names), own(names));
    }

    private Router router(ExpertNames names) {
        Parameter correction = experts.router().correction() ? store.get(names.correction()) : null;
        if (correction != null) {
            correction.neverTrains();
        }
        return new Router(linear(names.router(), experts.bias()), correction, experts, statistics);
    }

    private Gating gating() {
        return experts.form() == ExpertConfig.Form.CLAMPED ? new Gating.Clamped() : new Gating.Plain(activation());
    }

    private Activation activation() {
        String name = facts.feedForward().activation();
        Activation activation = Activation.named(name);
        if (activation == null) {
            throw new UnsupportedException("Experts with the activation " + name + " are not available.");
        }
        return activation;
    }

    private Expert separate(int e, ExpertNames names) {
        String down = names.expert(e, experts.names().down());
        ExpertBias bias = experts.bias() ? new ExpertBias(store.get(down + ".bias"), -1) : null;
        ProjectionGroup inputs = new ProjectionGroup(
                linear(names.expert(e, experts.names().gate()), experts.bias()),
                linear(names.expert(e, experts.names().up()), experts.bias()));
        return new Expert(e, inputs, false, linear(down, false), bias, gating());
    }

    private Expert sliced(int e, ExpertNames names) {
        boolean alternating = experts.form() == ExpertConfig.Form.CLAMPED;
        String gate = experts.names().gate();
        StackedInputs inputs = new StackedInputs(slice(e, names, gate), bias(e, names, gate), alternating);
        String down = experts.names().down();
        return new Expert(e, inputs, alternating, slice(e, names, down), bias(e, names, down), gating());
    }

    private Linear slice(int e, ExpertNames names, String map) {
        boolean transposed = experts.storage() == ExpertConfig.Storage.STACKED_TRANSPOSED;
        SliceWeight weight = new SliceWeight(store.get(names.stack(map)), e, transposed, workspace);
        return new Linear(names.slice(e, map), weight, null);
    }

    private @Nullable ExpertBias bias(int e, ExpertNames names, String map) {
        return experts.bias() ? new ExpertBias(store.get(names.stackBias(map)), e) : null;
    }

    private Linear linear(String name, boolean bias) {
        return new Linear(
                name, new DenseWeight(store.get(name + ".weight"), workspace), bias ? store.get(name + ".bias") : null);
    }

    private @Nullable FeedForward shared(ExpertNames names) {
        ExpertConfig.Shared shared = experts.shared();
        if (shared == null) {
            return null;
        }
        Names.FeedForward maps = facts.maps();
        boolean bias = facts.feedForward().bias();
        ProjectionGroup inputs =
                new ProjectionGroup(linear(names.shared(maps.gate()), bias), linear(names.shared(maps.up()), bias));
        FeedForward layer =
                new GatedFeedForward(inputs, linear(names.shared(maps.down()), bias), activation(), workspace);
        return new SharedExpert(layer, shared.gated() ? linear(names.sharedGate(), false) : null);
    }

    /** Parameters that no linear map calls its own. */
    private List<Parameter> own(ExpertNames names) {
        List<Parameter> own = new ArrayList<>();
        if (experts.storage() != ExpertConfig.Storage.SEPARATE) {
            for (String map : List.of(experts.names().gate(), experts.names().down())) {
                own.add(store.get(names.stack(map)));
                if (experts.bias()) {
                    own.add(store.get(names.stackBias(map)));
                }
            }
        } else if (experts.bias()) {
            for (int e = 0; e < experts.count(); e++) {
                own.add(store.get(names.expert(e, experts.names().down()) + ".bias"));
            }
        }
        return own;
    }
}
