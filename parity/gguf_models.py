"""Tiny models as GGUF files, and what they must become again.

Each case is a random model of a family, saved by Transformers and written as llama.cpp's converter does: names from the
tables of the python package `gguf`, and the converter's changes to tensors spelled out in `changed`. Where Transformers
itself opens GGUF files of the family, what it makes of the file is the expectation; where it does not, the saved tensors
are. Of tensors only shape and the hash of their float32 bytes are kept, and the logits after the last of some tokens.
"""

import argparse
import copy
import hashlib
import json
import pathlib
import tempfile

import numpy as np
import torch
import transformers
from gguf import GGMLQuantizationType, GGUFWriter, dequantize, get_tensor_name_map, quantize
from gguf.constants import MODEL_ARCH_NAMES
from safetensors.torch import load_file, save_file

import golden

SEED = 77
VOCABULARY = 40
IDS = [(7 * i * i + 3 * i + 5) % VOCABULARY for i in range(24)]
BASE = dict(
    vocab_size=VOCABULARY,
    hidden_size=32,
    intermediate_size=64,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=128,
    bos_token_id=1,
    eos_token_id=2,
    pad_token_id=0,
)
# Changes from one key to another, for configs with names of their own.
YARN = dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=32)
LLAMA3 = dict(
    rope_type="llama3",
    factor=8.0,
    low_freq_factor=1.0,
    high_freq_factor=4.0,
    original_max_position_embeddings=8192,
)


def config(kind, less=(), **more):
    keys = {key: value for key, value in BASE.items() if key not in less}
    theta = more.pop("rope_theta", None)
    scaling = more.pop("rope_scaling", None)
    if theta is not None or scaling is not None:
        more["rope_parameters"] = {"rope_type": "default", "rope_theta": theta or 10000.0} | (scaling or {})
    return getattr(transformers, kind)(**(keys | more))


def cases():
    """Name: architecture in GGUF, config, stored type of matrices, whether Transformers opens the file."""
    deepseek = dict(
        less=("num_key_value_heads",),
        num_key_value_heads=4,
        kv_lora_rank=32,
        qk_rope_head_dim=8,
        qk_nope_head_dim=16,
        v_head_dim=16,
        n_routed_experts=4,
        num_experts_per_tok=2,
        n_shared_experts=1,
        moe_intermediate_size=32,
        first_k_dense_replace=1,
    )
    experts = dict(num_experts=4, num_experts_per_tok=2, moe_intermediate_size=32)
    return {
        "llama_q8_0": ("llama", config("LlamaConfig", rope_theta=100000.0), "Q8_0", True),
        "llama_q4_0": ("llama", config("LlamaConfig", tie_word_embeddings=True, head_dim=16), "Q4_0", True),
        "llama_q5_1": ("llama", config("LlamaConfig", rope_scaling=LLAMA3, rope_theta=500000.0), "Q5_1", True),
        "llama_biases": ("llama", config("LlamaConfig", attention_bias=True, mlp_bias=True), "F16", False),
        "mistral": ("llama", config("MistralConfig", sliding_window=8), "BF16", False),
        "mixtral": ("llama", config("MixtralConfig", num_local_experts=4, num_experts_per_tok=2), "Q4_0", False),
        "qwen2": ("qwen2", config("Qwen2Config", rope_scaling=YARN, rope_theta=1000000.0), "Q5_0", True),
        "qwen2_moe": (
            "qwen2moe",
            config("Qwen2MoeConfig", shared_expert_intermediate_size=64, norm_topk_prob=False, **experts),
            "Q5_1",
            False,
        ),
        "qwen3": ("qwen3", config("Qwen3Config", head_dim=16, tie_word_embeddings=True), "Q4_1", True),
        "qwen3_moe": ("qwen3moe", config("Qwen3MoeConfig", head_dim=16, norm_topk_prob=True, **experts), "Q4_1", False),
        "gemma": ("gemma", config("GemmaConfig", head_dim=16, hidden_act="gelu_pytorch_tanh"), "Q5_0", False),
        "gemma2": (
            "gemma2",
            config("Gemma2Config", head_dim=16, query_pre_attn_scalar=16, sliding_window=16),
            "Q8_0",
            True,
        ),
        "gemma3": (
            "gemma3",
            config(
                "Gemma3TextConfig",
                head_dim=16,
                query_pre_attn_scalar=16,
                sliding_window=16,
                rope_parameters={
                    "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000000.0},
                    "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
                },
            ),
            "Q5_1",
            True,
        ),
        "phi3": ("phi3", config("Phi3Config", sliding_window=16, original_max_position_embeddings=128), "Q4_0", True),
        "phi3_longrope": (
            "phi3",
            config(
                "Phi3Config",
                original_max_position_embeddings=64,
                rope_scaling=dict(
                    rope_type="longrope", long_factor=[1.5, 2.0, 3.25, 4.0], short_factor=[1.0, 1.1, 1.2, 1.3]
                ),
            ),
            "Q5_0",
            False,
        ),
        "phi": ("phi2", config("PhiConfig", partial_rotary_factor=0.5), "Q4_0", False),
        "starcoder2": (
            "starcoder2",
            config("Starcoder2Config", use_bias=True, tie_word_embeddings=True),
            "Q4_0",
            True,
        ),
        "gpt2": (
            "gpt2",
            transformers.GPT2Config(
                vocab_size=VOCABULARY, n_embd=32, n_layer=2, n_head=4, n_positions=128, n_inner=64,
                bos_token_id=1, eos_token_id=2, pad_token_id=0,
            ),
            "Q4_1",
            True,
        ),
        "stablelm": ("stablelm", config("StableLmConfig", use_qkv_bias=True, partial_rotary_factor=0.5), "Q5_1", True),
        "stablelm_norms": (
            "stablelm",
            config("StableLmConfig", qk_layernorm=True, use_parallel_residual=True, partial_rotary_factor=0.5),
            "Q4_1",
            False,
        ),
        "falcon": (
            "falcon",
            config("FalconConfig", less=("num_key_value_heads", "intermediate_size"), multi_query=True),
            "Q4_1",
            True,
        ),
        "falcon_groups": (
            "falcon",
            config(
                "FalconConfig",
                less=("num_key_value_heads", "intermediate_size"),
                new_decoder_architecture=True,
                num_kv_heads=2,
                num_ln_in_parallel_attn=2,
                ffn_hidden_size=64,
            ),
            "Q4_0",
            False,
        ),
        "olmo": ("olmo", config("OlmoConfig", clip_qkv=8.0), "Q4_1", False),
        "olmo2": ("olmo2", config("Olmo2Config"), "Q5_0", False),
        "cohere": ("command-r", config("CohereConfig", logit_scale=0.125, use_qk_norm=True), "Q4_0", False),
        "cohere2": ("cohere2", config("Cohere2Config", head_dim=8, sliding_window=16, logit_scale=0.25), "Q4_1", False),
        "granite": (
            "granite",
            config(
                "GraniteConfig",
                embedding_multiplier=12.0,
                attention_multiplier=0.25,
                residual_multiplier=0.5,
                logits_scaling=8.0,
            ),
            "Q4_1",
            False,
        ),
        "deepseek_v2": (
            "deepseek2",
            config("DeepseekV2Config", q_lora_rank=None, routed_scaling_factor=1.0, topk_method="greedy",
                   n_group=1, topk_group=1, **deepseek),
            "Q4_0",
            False,
        ),
        "deepseek_v3": (
            "deepseek2",
            config("DeepseekV3Config", q_lora_rank=32, n_group=2, topk_group=1, routed_scaling_factor=2.5,
                   norm_topk_prob=True, **deepseek),
            "Q4_1",
            False,
        ),
    }


def model(settings):
    """Random, with norms and biases off their starting values, saved and read again: names as in the file."""
    torch.manual_seed(SEED)
    made = transformers.AutoModelForCausalLM.from_config(settings).eval()
    with torch.no_grad():
        for parameter in list(made.parameters()) + list(made.buffers()):
            if parameter.dim() == 1 and parameter.is_floating_point():
                parameter.add_(torch.randn_like(parameter) * 0.1)
            elif parameter.is_floating_point():
                parameter.copy_(torch.randn_like(parameter) * 0.2)
    with tempfile.TemporaryDirectory() as folder:
        made.save_pretrained(folder)
        return load_file(pathlib.Path(folder) / "model.safetensors"), made


def permuted(weight, heads):
    """The converter's order of rotary pairs for the architecture `llama` and those that descend from it."""
    return weight.reshape(heads, 2, weight.shape[0] // heads // 2, *weight.shape[1:]).transpose(1, 2).reshape(weight.shape)


def changed(architecture, settings, name, weight):
    """What the converter does to a tensor of the hub."""
    heads = settings.num_attention_heads
    groups = getattr(settings, "num_key_value_heads", None) or heads
    if architecture in ("llama", "olmo", "granite"):
        if ".q_proj." in name:
            return permuted(weight, heads)
        if ".k_proj." in name:
            return permuted(weight, groups)
    if architecture.startswith("gemma") and name.endswith("norm.weight"):
        return weight + 1
    if architecture == "gpt2" and weight.dim() == 2 and ".h." in name:
        return weight.T
    if name.endswith("shared_expert_gate.weight"):
        return weight.squeeze()
    if architecture == "falcon" and "query_key_value" in name:
        kv = settings.num_kv_heads if settings.new_decoder_architecture else 1
        parts = weight.reshape(kv, heads // kv + 2, settings.hidden_size // heads, *weight.shape[1:])
        blocks = parts[:, :-2], parts[:, -2], parts[:, -1]
        return torch.cat([block.reshape(-1, *weight.shape[1:]) for block in blocks])
    return weight


def stacked(tensors):
    """Experts, and norms of single heads, joined to one tensor each."""
    result, piles = {}, {}
    for name, weight in tensors.items():
        words = name.split(".")
        at = next((i for i, word in enumerate(words) if word in ("experts", "norms")), None)
        if at is None:
            result[name] = weight
        else:
            index = int(words.pop(at + 1))
            if words[at] == "norms":
                words.pop(at)
            piles.setdefault(".".join(words), {})[index] = weight
    for name, pile in piles.items():
        result[name] = torch.stack([pile[i] for i in sorted(pile)])
    return result


def gguf_name(names, name):
    for old, new in (
        ("block_sparse_moe.experts.w", "mlp.experts.w"),
        ("e_score_correction_bias", "e_score_correction.bias"),
    ):
        name = name.replace(old, new)
    for w, word in (("w1", "gate_proj"), ("w2", "down_proj"), ("w3", "up_proj")):
        name = name.replace(f"mlp.experts.{w}.", f"mlp.experts.{word}.")
    found = names.get_name(name, try_suffixes=(".weight", ".bias"))
    if found is None:
        raise AssertionError(f"the package gguf has no name for {name}")
    return found


def metadata(writer, architecture, settings):
    """The keys that the converter writes, from whatever the config calls them."""
    get = lambda *names: next((getattr(settings, n) for n in names if getattr(settings, n, None) is not None), None)
    heads, width = get("num_attention_heads"), get("hidden_size")
    writer.add_block_count(get("num_hidden_layers"))
    writer.add_context_length(get("max_position_embeddings"))
    writer.add_embedding_length(width)
    writer.add_feed_forward_length(get("intermediate_size", "ffn_hidden_size", "n_inner"))
    writer.add_head_count(heads)
    if architecture == "falcon":
        writer.add_head_count_kv(settings.num_kv_heads if settings.new_decoder_architecture else 1)
    elif architecture != "gpt2":
        writer.add_head_count_kv(get("num_key_value_heads") or heads)
    rms = get("rms_norm_eps")
    if architecture == "olmo":
        writer.add_layer_norm_eps(1e-5)
        writer.add_clamp_kqv(settings.clip_qkv)
    elif rms is not None:
        writer.add_layer_norm_rms_eps(rms)
    else:
        writer.add_layer_norm_eps(get("layer_norm_eps", "layer_norm_epsilon", "norm_epsilon"))
    if architecture == "deepseek2":
        writer.add_key_length(settings.qk_nope_head_dim + settings.qk_rope_head_dim)
        writer.add_value_length(settings.v_head_dim)
        writer.add_rope_dimension_count(settings.qk_rope_head_dim)
        writer.add_kv_lora_rank(settings.kv_lora_rank)
        if settings.q_lora_rank:
            writer.add_q_lora_rank(settings.q_lora_rank)
        writer.add_leading_dense_block_count(settings.first_k_dense_replace)
        writer.add_expert_shared_count(settings.n_shared_experts)
        writer.add_expert_weights_scale(settings.routed_scaling_factor)
        writer.add_expert_weights_norm(bool(settings.norm_topk_prob))
        writer.add_expert_group_count(settings.n_group)
        writer.add_expert_group_used_count(settings.topk_group)
        sigmoid = settings.model_type == "deepseek_v3"
        writer.add_uint32("deepseek2.expert_gating_func", 2 if sigmoid else 1)
    elif architecture != "gpt2":
        dim = get("head_dim") or width // heads
        if get("head_dim") or architecture in ("qwen3", "qwen3moe"):
            writer.add_key_length(dim)
            writer.add_value_length(dim)
        share = (getattr(settings, "rope_parameters", None) or {}).get("partial_rotary_factor", 1.0)
        writer.add_rope_dimension_count(int(dim * share))
    if get("num_experts", "num_local_experts", "n_routed_experts"):
        writer.add_expert_count(get("num_experts", "num_local_experts", "n_routed_experts"))
        writer.add_expert_used_count(get("num_experts_per_tok"))
    if get("moe_intermediate_size"):
        writer.add_expert_feed_forward_length(get("moe_intermediate_size"))
    if get("shared_expert_intermediate_size"):
        writer.add_expert_shared_feed_forward_length(get("shared_expert_intermediate_size"))
    if get("sliding_window") and architecture not in ("qwen2", "qwen2moe", "qwen3", "qwen3moe"):
        writer.add_sliding_window(settings.sliding_window)
    if get("attn_logit_softcapping"):
        writer.add_attn_logit_softcapping(settings.attn_logit_softcapping)
        writer.add_final_logit_softcapping(settings.final_logit_softcapping)
    if architecture in ("command-r", "cohere2"):
        writer.add_logit_scale(settings.logit_scale)
    if architecture == "granite":
        writer.add_attention_scale(settings.attention_multiplier)
        writer.add_embedding_scale(settings.embedding_multiplier)
        writer.add_residual_scale(settings.residual_multiplier)
        writer.add_logit_scale(settings.logits_scaling)
    if architecture == "phi3":
        writer.add_rope_scaling_orig_ctx_len(settings.original_max_position_embeddings)
    if architecture == "stablelm":
        writer.add_parallel_residual(settings.use_parallel_residual)


def rope(writer, settings):
    """Keys of rotary scaling, and its tensors."""
    parameters = dict(getattr(settings, "rope_parameters", None) or {})
    parameters = parameters.get("full_attention", parameters)
    if not parameters:
        return {}
    writer.add_rope_freq_base(parameters["rope_theta"])
    kind = parameters.get("rope_type", "default")
    if kind == "linear":
        writer.add_rope_scaling_type(writer_type("linear"))
        writer.add_rope_scaling_factor(parameters["factor"])
    elif kind == "yarn":
        writer.add_rope_scaling_type(writer_type("yarn"))
        writer.add_rope_scaling_factor(parameters["factor"])
        writer.add_rope_scaling_orig_ctx_len(parameters["original_max_position_embeddings"])
    elif kind == "llama3":
        inverse = transformers.modeling_rope_utils.ROPE_INIT_FUNCTIONS["llama3"](settings, "cpu")[0]
        dim = getattr(settings, "head_dim", None) or settings.hidden_size // settings.num_attention_heads
        plain = 1.0 / parameters["rope_theta"] ** (torch.arange(0, dim, 2).float() / dim)
        return {"rope_freqs.weight": (plain / inverse).numpy()}
    elif kind == "longrope":
        return {
            "rope_factors_long.weight": np.array(parameters["long_factor"], dtype=np.float32),
            "rope_factors_short.weight": np.array(parameters["short_factor"], dtype=np.float32),
        }
    return {}


def writer_type(name):
    from gguf import RopeScalingType

    return RopeScalingType(name)


def write(path, architecture, settings, tensors, stored):
    writer = GGUFWriter(str(path), architecture)
    writer.add_type("model")
    writer.add_name("tiny")
    metadata(writer, architecture, settings)
    extra = rope(writer, settings)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([f"t{i}" for i in range(VOCABULARY)])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(0)
    writer.add_uint32("tokenizer.ggml.eot_token_id", 3)
    kind = next(key for key, value in MODEL_ARCH_NAMES.items() if value == architecture)
    names = get_tensor_name_map(kind, settings.num_hidden_layers)
    for name, weight in extra.items():
        writer.add_tensor(name, weight)
    kept = {name: changed(architecture, settings, name, weight.float()) for name, weight in tensors.items()}
    rounded = {}
    for name, weight in stacked(kept).items():
        matrix = weight.dim() >= 2 and "norm" not in name and not name.endswith("mlp.gate.weight")
        as_type = GGMLQuantizationType[stored] if matrix else GGMLQuantizationType.F32
        data = quantize(weight.contiguous().numpy(), as_type)
        writer.add_tensor(gguf_name(names, name), data, raw_dtype=as_type)
        rounded[name] = dequantize(data, as_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def rounded_back(architecture, settings, tensors, stored):
    """What the saved tensors are after the file's rounding. Only whole rows move, so rounding before is rounding after."""
    result = {}
    for name, weight in tensors.items():
        if architecture == "falcon" and name == "lm_head.weight":
            continue
        weight = weight.float()
        parts = name.endswith("mlp.gate.weight") or "norm" in name or weight.dim() < 2
        as_type = GGMLQuantizationType.F32 if parts else GGMLQuantizationType[stored]
        if name.endswith("shared_expert_gate.weight"):
            as_type = GGMLQuantizationType.F32
        turned = architecture == "gpt2" and weight.dim() == 2 and ".h." in name
        source = (weight.T if turned else weight).contiguous().numpy()
        if architecture.startswith("gemma") and name.endswith("norm.weight"):
            source = ((weight + 1) - 1).numpy()
        back = torch.from_numpy(np.copy(dequantize(quantize(source, as_type), as_type)).reshape(source.shape))
        result[name] = back.T.contiguous() if turned else back
    return result


def opened(path, settings):
    """Names in a file and tensors of what Transformers makes of the GGUF file."""
    # With the config given: for some families Transformers does not find the width of a head in the file.
    made = transformers.AutoModelForCausalLM.from_pretrained(
        path.parent, gguf_file=path.name, dtype=torch.float32, config=copy.deepcopy(settings)
    )
    with tempfile.TemporaryDirectory() as folder:
        made.save_pretrained(folder)
        return load_file(pathlib.Path(folder) / "model.safetensors")


# Keys that say nothing of what a model computes, or that Transformers derives itself.
SILENT = {
    "transformers_version", "dtype", "architectures", "layer_types", "rope_parameters", "auto_map", "mlp_layer_types",
    "head_dim", "qk_head_dim", "_sliding_window_pattern", "use_cache", "initializer_range",
}


def told(settings):
    """What a config says that its class does not say anyway, with the key names of Transformers 4."""
    usual = type(settings)().to_dict()
    keys = {
        key: value
        for key, value in settings.to_dict().items()
        if value is not None and key not in SILENT and (key not in usual or usual[key] != value or key in BASE)
    }
    if settings.model_type == "qwen3_moe":
        # Transformers 5 writes another name than the models on the hub have
        keys["num_experts"] = keys.pop("num_local_experts", keys.get("num_experts"))
    if not getattr(settings, "new_decoder_architecture", True):
        # of no effect beside multi_query
        keys.pop("num_kv_heads", None)
    keys["tie_word_embeddings"] = bool(settings.tie_word_embeddings)
    keys["model_type"] = settings.model_type
    parameters = dict(getattr(settings, "rope_parameters", None) or {})
    if "full_attention" in parameters:
        keys["rope_local_base_freq"] = parameters["sliding_attention"]["rope_theta"]
        parameters = dict(parameters["full_attention"])
    if parameters:
        keys["rope_theta"] = parameters.pop("rope_theta")
        share = parameters.pop("partial_rotary_factor", None)
        if share is not None:
            keys["partial_rotary_factor"] = share
        if parameters.get("rope_type", "default") != "default":
            for derived in ("type", "attention_factor"):
                parameters.pop(derived, None)
            if parameters["rope_type"] == "longrope":
                for derived in ("original_max_position_embeddings", "factor"):
                    parameters.pop(derived, None)
            keys["rope_scaling"] = parameters
    return keys


def logits(settings, tensors):
    """Those of the last of some tokens, more than any window here is wide, from the tensors that the file must become."""
    with tempfile.TemporaryDirectory() as folder:
        settings.save_pretrained(folder)
        copies = {name: tensor.clone().contiguous() for name, tensor in tensors.items()}
        save_file(copies, pathlib.Path(folder) / "model.safetensors", metadata={"format": "pt"})
        # The fused kernel leaves Gemma 2's cap of the scores out; Falcon has only that one.
        kernel = "sdpa" if settings.model_type == "falcon" else "eager"
        made = transformers.AutoModelForCausalLM.from_pretrained(
            folder, dtype=torch.float32, attn_implementation=kernel
        ).eval()
    with torch.no_grad():
        row = made(torch.tensor([IDS])).logits[0, -1]
    return [float(f"{value:.7g}") for value in row.tolist()]


def digest(tensor):
    return hashlib.sha256(tensor.float().contiguous().numpy().tobytes()).hexdigest()[:24]


def run(name, out):
    architecture, settings, stored, opens = cases()[name]
    tensors, made = model(settings)
    path = out / f"{name}.gguf"
    write(path, architecture, settings, tensors, stored)
    expected = rounded_back(architecture, settings, tensors, stored)
    if opens:
        theirs = opened(path, settings)
        if theirs.keys() != tensors.keys():
            raise AssertionError(f"{name}: other names {theirs.keys() ^ tensors.keys()}")
        for key in expected:
            if not torch.equal(theirs[key].float(), expected[key]):
                raise AssertionError(f"{name}: Transformers reads {key} otherwise")
    golden.write_json(
        out / f"{name}.json",
        {
            "architecture": architecture,
            "expectation": "what Transformers reads" if opens else "what was saved",
            "ids": " ".join(map(str, IDS)),
            "logits": " ".join(map(str, logits(settings, expected))),
            "config": {"architectures": [type(made).__name__]} | told(settings),
            "tensors": {key: f"{list(value.shape)} {digest(value)}" for key, value in sorted(expected.items())},
        },
    )
    print(f"{name:16} {path.stat().st_size:7} bytes {len(expected):4} tensors {'checked' if opens else ''}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", default=list(cases()))
    chosen = parser.parse_args().cases
    whole = chosen == list(cases())
    out = golden.fresh("core", "gguf", "models") if whole else golden.folder("core", "gguf", "models")
    for name in chosen:
        run(name, out)
    golden.write_json(out / "list.json", sorted(path.stem for path in out.glob("*.gguf")))


if __name__ == "__main__":
    main()
