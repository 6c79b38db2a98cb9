package dev.finetune4j.core.model.experts;

import dev.finetune4j.core.model.config.ExpertConfig;

/** Names of one block's modules and tensors. */
final class ExpertNames {
    private static final String WEIGHT = ".weight";

    private final ExpertConfig.Names names;
    private final String module;

    ExpertNames(ExpertConfig config, String block) {
        this.names = config.names();
        this.module = block + "." + names.module();
    }

    private static String join(String parent, String child) {
        return child.isEmpty() ? parent : parent + "." + child;
    }

    /** The router's map. */
    String router() {
        return join(module, names.router());
    }

    /** The tensor that corrects the choice. */
    String correction() {
        return join(module, names.correction());
    }

    /** A map of an expert of its own. */
    String expert(int expert, String map) {
        return join(join(module, names.experts()), expert + "." + map);
    }

    /** The tensor of all experts' matrices. */
    String stack(String map) {
        return join(join(module, names.experts()), map);
    }

    /** The tensor of all experts' biases. */
    String stackBias(String map) {
        return map.endsWith(WEIGHT)
                ? stack(map.substring(0, map.length() - WEIGHT.length())) + ".bias"
                : stack(map) + "_bias";
    }

    /** What an expert's map is called whose matrix is one of a stack. */
    String slice(int expert, String map) {
        return expert(expert, map.endsWith(WEIGHT) ? map.substring(0, map.length() - WEIGHT.length()) : map);
    }

    /** A map of the shared layer. */
    String shared(String map) {
        return join(join(module, names.shared()), map);
    }

    /** The map that gates the shared layer. */
    String sharedGate() {
        return join(module, names.sharedGate());
    }
}
