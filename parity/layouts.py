"""How published files of families with their own code name and group the tensors that Llama keeps apart."""

import torch


def renamed(values, table):
    """Each name with the first table entry that is part of it replaced; order of the table counts."""
    result = {}
    for name, value in values.items():
        for old, new in table:
            name = name.replace(old, new)
        result[name] = value
    return result


def fused(values, kind, target, join):
    """Joins the q, k and v of every layer that has them with `join` into one tensor."""
    result = dict(values)
    for name in values:
        if name.endswith(f"self_attn.q_proj.{kind}"):
            start = name[: -len(f"q_proj.{kind}")]
            parts = [result.pop(f"{start}{letter}_proj.{kind}") for letter in "qkv"]
            result[f"{start}{target}.{kind}"] = join(*parts)
    return result


def as_is(values, config):
    return dict(values)


def chatglm(values, config):
    for kind in ("weight", "bias"):
        values = fused(values, kind, "query_key_value", lambda *parts: torch.cat(parts))
    table = [
        ("model.embed_tokens", "transformer.embedding.word_embeddings"),
        ("model.layers", "transformer.encoder.layers"),
        ("model.norm", "transformer.encoder.final_layernorm"),
        ("lm_head", "transformer.output_layer"),
        ("self_attn.o_proj", "self_attention.dense"),
        ("self_attn", "self_attention"),
        ("mlp.gate_up_proj", "mlp.dense_h_to_4h"),
        ("mlp.down_proj", "mlp.dense_4h_to_h"),
    ]
    return renamed(values, table)


def internlm2(values, config):
    groups = config.num_key_value_heads
    size = config.hidden_size // config.num_attention_heads

    def by_group(q, k, v):
        """Of each group of heads: its queries, its key, its value."""
        q = q.view(groups, -1, size, q.shape[-1])
        k, v = (part.view(groups, 1, size, part.shape[-1]) for part in (k, v))
        return torch.cat([q, k, v], dim=1).flatten(0, 2)

    table = [
        ("model.embed_tokens", "model.tok_embeddings"),
        ("input_layernorm", "attention_norm"),
        ("post_attention_layernorm", "ffn_norm"),
        ("self_attn.o_proj", "attention.wo"),
        ("self_attn", "attention"),
        ("mlp.gate_proj", "feed_forward.w1"),
        ("mlp.up_proj", "feed_forward.w3"),
        ("mlp.down_proj", "feed_forward.w2"),
        ("lm_head", "output"),
    ]
    return renamed(fused(values, "weight", "wqkv", by_group), table)


def baichuan(values, config):
    return fused(values, "weight", "W_pack", lambda *parts: torch.cat(parts))


def exaone(values, config):
    table = [
        ("model.embed_tokens", "transformer.wte"),
        ("model.layers", "transformer.h"),
        ("model.norm", "transformer.ln_f"),
        ("input_layernorm", "ln_1"),
        ("post_attention_layernorm", "ln_2"),
        ("self_attn.o_proj", "attn.attention.out_proj"),
        ("self_attn", "attn.attention"),
        ("mlp.gate_proj", "mlp.c_fc_0"),
        ("mlp.up_proj", "mlp.c_fc_1"),
        ("mlp.down_proj", "mlp.c_proj"),
    ]
    return renamed(values, table)


LAYOUTS = {
    "chatglm": chatglm,
    "internlm2": internlm2,
    "internlm3": as_is,
    "baichuan": baichuan,
    "minicpm": as_is,
    "exaone": exaone,
    "mimo": as_is,
}
