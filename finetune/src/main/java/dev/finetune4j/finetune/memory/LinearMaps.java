package dev.finetune4j.finetune.memory;

import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.Names;

/** The linear maps of a model's blocks that adapters can change, told from names and shapes of tensors. */
final class LinearMaps {
    private static final String WEIGHT = ".weight";

    private final ModelConfig config;

    LinearMaps(ModelConfig config) {
        this.config = config;
    }

    /** Whether a tensor is the matrix of a map, or a stack of those of all experts. A router is none of them. */
    boolean contain(String name, long[] shape) {
        int block = config.names().blockOf(name);
        if (block < 0 || shape.length < 2) {
            return false;
        }
        return shape.length == 3 || (name.endsWith(WEIGHT) && !isRouter(name, block) && !isNorm(name, block));
    }

    private boolean isRouter(String name, int block) {
        ExpertConfig experts = config.experts();
        return experts != null
                && name.equals(config.names().block(block) + "."
                        + experts.names().module() + "." + experts.names().router() + WEIGHT);
    }

    /** Norms of heads with weights of their own have two dimensions as well. */
    private boolean isNorm(String name, int block) {
        Names.Attention attention = config.names().attention();
        String module = config.names().block(block) + "." + attention.module() + ".";
        return name.equals(module + attention.queryNorm() + WEIGHT)
                || name.equals(module + attention.keyNorm() + WEIGHT);
    }

    /** A map's name; of a stack that of one of its maps. */
    static String module(String name, long[] shape) {
        String module = name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : name;
        int dot = module.lastIndexOf('.');
        return shape.length == 3 ? module.substring(0, dot) + ".0" + module.substring(dot) : module;
    }

    /** Elements of the two factors of rank one, of all maps of a stack. */
    static long factors(long[] shape) {
        return shape.length == 3 ? shape[0] * (shape[1] + shape[2]) : shape[0] + shape[1];
    }
}
