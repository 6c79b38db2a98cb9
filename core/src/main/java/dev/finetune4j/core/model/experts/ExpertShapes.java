package dev.finetune4j.core.model.experts;

import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.config.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Names and shapes of the tensors that a block with experts has in place of the ordinary feed-forward layer's. */
public final class ExpertShapes {
    private final ExpertFacts facts;
    private final ExpertConfig experts;
    private final ExpertNames names;

    /**
     * @param block the block's name, such as {@code model.layers.3}
     */
    public ExpertShapes(ExpertFacts facts, String block) {
        this.facts = facts;
        this.experts = facts.experts();
        this.names = new ExpertNames(experts, block);
    }

    /** Adds all of them, in checkpoint order. */
    public void addTo(Map<String, long[]> shapes) {
        long hidden = facts.hidden();
        add(names.router(), experts.count(), hidden, experts.bias(), shapes);
        if (experts.router().correction()) {
            shapes.put(names.correction(), new long[] {experts.count()});
        }
        if (experts.storage() == ExpertConfig.Storage.SEPARATE) {
            for (int e = 0; e < experts.count(); e++) {
                addExpert(e, shapes);
            }
        } else {
            addStacks(shapes);
        }
        ExpertConfig.Shared shared = experts.shared();
        if (shared != null) {
            addShared(shared, shapes);
        }
    }

    private void addExpert(int e, Map<String, long[]> shapes) {
        long hidden = facts.hidden();
        add(names.expert(e, experts.names().gate()), experts.width(), hidden, experts.bias(), shapes);
        add(names.expert(e, experts.names().up()), experts.width(), hidden, experts.bias(), shapes);
        add(names.expert(e, experts.names().down()), hidden, experts.width(), experts.bias(), shapes);
    }

    private void addStacks(Map<String, long[]> shapes) {
        long hidden = facts.hidden();
        addStack(experts.names().gate(), 2L * experts.width(), hidden, shapes);
        addStack(experts.names().down(), hidden, experts.width(), shapes);
    }

    private void addStack(String map, long out, long in, Map<String, long[]> shapes) {
        long count = experts.count();
        boolean transposed = experts.storage() == ExpertConfig.Storage.STACKED_TRANSPOSED;
        shapes.put(names.stack(map), transposed ? new long[] {count, in, out} : new long[] {count, out, in});
        if (experts.bias()) {
            shapes.put(names.stackBias(map), new long[] {count, out});
        }
    }

    private void addShared(ExpertConfig.Shared shared, Map<String, long[]> shapes) {
        long hidden = facts.hidden();
        Names.FeedForward maps = facts.maps();
        boolean bias = facts.feedForward().bias();
        add(names.shared(maps.gate()), shared.width(), hidden, bias, shapes);
        add(names.shared(maps.up()), shared.width(), hidden, bias, shapes);
        add(names.shared(maps.down()), hidden, shared.width(), bias, shapes);
        if (shared.gated()) {
            add(names.sharedGate(), 1, hidden, false, shapes);
        }
    }

    private static void add(String map, long out, long in, boolean bias, Map<String, long[]> shapes) {
        shapes.put(map + ".weight", new long[] {out, in});
        if (bias) {
            shapes.put(map + ".bias", new long[] {out});
        }
    }

    /** Groups of matrices that multiply one input and should lie end to end in memory, in the order of each group. */
    public List<List<String>> neighbours() {
        List<List<String>> groups = new ArrayList<>();
        if (experts.storage() == ExpertConfig.Storage.SEPARATE) {
            for (int e = 0; e < experts.count(); e++) {
                groups.add(List.of(
                        names.expert(e, experts.names().gate()) + ".weight",
                        names.expert(e, experts.names().up()) + ".weight"));
            }
        }
        if (experts.shared() != null) {
            Names.FeedForward maps = facts.maps();
            groups.add(List.of(names.shared(maps.gate()) + ".weight", names.shared(maps.up()) + ".weight"));
        }
        return groups;
    }
}
