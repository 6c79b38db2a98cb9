"""Where transformers computes something else than the code that a model was published with."""

import math


def as_published(model):
    """Mends DeepSeek V2: the attention scale lacks the squared mscale, which 4.57.6 and 5.6.0 have for V3 alone, and
    in 5.6.0 the blocks of experts do not know how many they are, so that a choice by groups cannot run."""
    if model.config.model_type == "deepseek_v2":
        factor = _mscale(model.config) ** 2
        for layer in model.model.layers:
            layer.self_attn.scaling = layer.self_attn.qk_head_dim**-0.5 * factor
            if hasattr(layer.mlp, "experts"):
                layer.mlp.num_experts = model.config.n_routed_experts
    return model


def _mscale(config):
    # Under the name of version 5, else of 4.
    rope = getattr(config, "rope_parameters", None) or getattr(config, "rope_scaling", None) or {}
    return 0.1 * rope.get("mscale_all_dim", 0) * math.log(rope.get("factor", 1)) + 1
