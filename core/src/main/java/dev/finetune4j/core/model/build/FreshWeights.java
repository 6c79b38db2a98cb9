package dev.finetune4j.core.model.build;

import dev.finetune4j.core.model.config.AttentionConfig.QueryKeyNorm;
import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.model.config.NormConfig;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Normals;
import dev.finetune4j.core.runtime.Torch;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Tensor;

/**
 * Weights for training from scratch, as transformers initialises its decoders: matrices, routers and attention sinks normal with
 * the config's standard deviation, the row of the padding token zero, norms one, or zero where one is added to them, biases
 * zero. Each tensor draws from a generator of its own, so that none depends on the others.
 */
final class FreshWeights {
    /** Where a config says nothing, or zero. */
    private static final double USUAL_DEVIATION = 0.02;

    private final ModelConfig config;
    private final Normals normals;

    FreshWeights(ModelConfig config, long seed) {
        this.config = config;
        this.normals = new Normals(seed);
    }

    /** An fp32 tensor in the caller's scope; the model's memory rounds it to its dtype. */
    Tensor tensor(String name, long[] shape) {
        if (isBias(name)) {
            return Torch.zeros(DType.FLOAT32, Device.CPU, shape);
        }
        if (isNorm(name, shape)) {
            double start = norm(name).kind().isOffset() ? 0 : 1;
            return Torch.empty(DType.FLOAT32, Device.CPU, shape).fill_(Torch.scalar(start));
        }
        Tensor drawn = normals.draw(name, deviation(name), shape);
        OptionalInt padding = PaddingRow.of(config);
        if (padding.isPresent() && name.equals(config.names().embedding() + ".weight")) {
            drawn.select(0, padding.getAsInt()).zero_();
        }
        return drawn;
    }

    /** The bias of a router is drawn like its matrix. */
    private boolean isBias(String name) {
        ExpertConfig experts = config.experts();
        boolean router = experts != null && name.endsWith("." + experts.names().router() + ".bias");
        return !router && (name.endsWith(".bias") || name.endsWith("_bias"));
    }

    /** Some norms have a weight of their own for each head, so that it is a matrix. */
    private static boolean isNorm(String name, long[] shape) {
        if (!name.endsWith(".weight")) {
            return false;
        }
        return shape.length == 1 || module(name).contains("norm");
    }

    /** Last name of the module that owns a tensor. */
    private static String module(String name) {
        String owner = name.substring(0, name.lastIndexOf('.'));
        return owner.substring(owner.lastIndexOf('.') + 1);
    }

    private NormConfig norm(String name) {
        QueryKeyNorm ofHeads = config.attention().queryKeyNorm();
        Names.Attention names = config.names().attention();
        boolean inHeads =
                name.endsWith("." + names.queryNorm() + ".weight") || name.endsWith("." + names.keyNorm() + ".weight");
        return ofHeads != null && inHeads ? ofHeads.norm() : config.block().norm();
    }

    /** Maps into the residual stream start smaller the deeper a GPT-2 is (Radford et al. 2019, section 2.3). */
    private double deviation(String name) {
        double range = config.stored().initializerRange();
        double usual = range > 0 ? range : USUAL_DEVIATION;
        boolean residual = config.stored().transposed() && name.endsWith(".c_proj.weight");
        return residual ? usual / Math.sqrt(2.0 * config.sizes().layers()) : usual;
    }
}
