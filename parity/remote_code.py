"""Golden decoders of families that exist only as code beside their checkpoints. Writes core/.../golden/decoder/<name>/.

usage: python parity/remote_code.py [NAME ...]

That code is not run. Each case has a twin in transformers that computes the same function; its tensors are renamed and
regrouped as the published files hold them, and so are its gradients. config.json carries the published keys.
"""

import math
import sys

import torch
import torch.nn.functional as F

import golden
from decoder_gradients import check_names, check_stateless, run, run_in_float64, seeded, sheet
from families import Case
from layouts import LAYOUTS

SIZE = dict(vocab_size=64, hidden_size=24, intermediate_size=20, num_hidden_layers=2)
HEADS = dict(num_attention_heads=4, num_key_value_heads=2)
TOKENS = dict(bos_token_id=1, eos_token_id=2, pad_token_id=None)
PLAIN = dict(**SIZE, **HEADS, hidden_act="silu", rms_norm_eps=1e-5, max_position_embeddings=128, tie_word_embeddings=False)
SHARED = dict(initializer_range=0.02, use_cache=True, torch_dtype="float32", transformers_version="4.41.0")

CHATGLM = dict(
    num_layers=2,
    num_hidden_layers=2,
    padded_vocab_size=64,
    hidden_size=24,
    ffn_hidden_size=20,
    kv_channels=8,
    num_attention_heads=4,
    multi_query_attention=True,
    multi_query_group_num=2,
    seq_length=128,
    layernorm_epsilon=1e-5,
    rmsnorm=True,
    add_qkv_bias=True,
    add_bias_linear=False,
    post_layer_norm=True,
    apply_residual_connection_post_layernorm=False,
    apply_query_key_layer_scaling=True,
    attention_softmax_in_fp32=True,
    fp32_residual_connection=False,
    original_rope=True,
    rope_ratio=2,
    attention_dropout=0.0,
    hidden_dropout=0.0,
    tie_word_embeddings=False,
)
LONGROPE = dict(
    rope_type="longrope",
    short_factor=[1.0, 1.2, 1.4, 1.6],
    long_factor=[2.0, 2.4, 2.8, 3.2],
    original_max_position_embeddings=16,
)
LLAMA3 = dict(
    rope_type="llama3", factor=4.0, original_max_position_embeddings=16, low_freq_factor=1.0, high_freq_factor=4.0
)


def minicpm(**keys):
    """Keys of MiniCPM and those of its twin."""
    own = dict(PLAIN, rope_theta=100.0, scale_emb=3, scale_depth=1.4, dim_model_base=8, tie_word_embeddings=True, **keys)
    twin = {key: value for key, value in own.items() if key not in ("scale_emb", "scale_depth", "dim_model_base")}
    twin["embedding_multiplier"] = own["scale_emb"]
    twin["residual_multiplier"] = own["scale_depth"] / math.sqrt(own["num_hidden_layers"])
    twin["logits_scaling"] = own["hidden_size"] / own["dim_model_base"]
    head = own.get("head_dim", own["hidden_size"] // own["num_attention_heads"])
    twin["attention_multiplier"] = head**-0.5
    return own, twin


# name: (model_type, class, published keys, twin, keys of the twin)
CASES = {
    "chatglm": (
        "chatglm",
        "ChatGLMModel",
        CHATGLM,
        "glm",
        dict(PLAIN, head_dim=8, partial_rotary_factor=0.5, attention_bias=True, rope_theta=20000.0),
    ),
    "internlm2": (
        "internlm2",
        "InternLM2ForCausalLM",
        dict(
            PLAIN,
            bias=False,
            rope_theta=100,
            rope_scaling={"type": "dynamic", "factor": 2.0},
            max_position_embeddings=16,
        ),
        "llama",
        dict(PLAIN, rope_theta=100, rope_scaling={"type": "dynamic", "factor": 2.0}, max_position_embeddings=16),
    ),
    "internlm3": (
        "internlm3",
        "InternLM3ForCausalLM",
        dict(
            PLAIN,
            head_dim=8,
            bias=False,
            qkv_bias=True,
            attention_dropout=0.0,
            rope_theta=100,
            rope_scaling={"rope_type": "dynamic", "factor": 3.0},
            max_position_embeddings=16,
        ),
        "qwen2",
        dict(
            PLAIN,
            head_dim=8,
            rope_theta=100,
            rope_scaling={"rope_type": "dynamic", "factor": 3.0},
            max_position_embeddings=16,
        ),
    ),
    "baichuan": (
        "baichuan",
        "BaiChuanForCausalLM",
        dict({k: v for k, v in PLAIN.items() if k != "num_key_value_heads"}, model_max_length=128),
        "llama",
        dict(PLAIN, num_key_value_heads=4),
    ),
    "baichuan2": (
        "baichuan",
        "BaichuanForCausalLM",
        dict({k: v for k, v in PLAIN.items() if k != "num_key_value_heads"}, model_max_length=128, z_loss_weight=0),
        "llama",
        dict(PLAIN, num_key_value_heads=4),
    ),
    "minicpm": ("minicpm", "MiniCPMForCausalLM", minicpm()[0], "granite", minicpm()[1]),
    "minicpm4": (
        "minicpm",
        "MiniCPMForCausalLM",
        minicpm(num_attention_heads=3, num_key_value_heads=1, max_position_embeddings=64, rope_scaling=LONGROPE)[0],
        "granite",
        minicpm(num_attention_heads=3, num_key_value_heads=1, max_position_embeddings=64, rope_scaling=LONGROPE)[1],
    ),
    "exaone": (
        "exaone",
        "ExaoneForCausalLM",
        dict(
            **HEADS,
            vocab_size=64,
            hidden_size=24,
            intermediate_size=20,
            num_layers=2,
            head_dim=8,
            activation_function="silu",
            layer_norm_epsilon=1e-5,
            max_position_embeddings=64,
            rope_theta=100.0,
            rope_scaling=LLAMA3,
            attention_dropout=0.0,
            embed_dropout=0.0,
            tie_word_embeddings=True,
        ),
        "llama",
        dict(
            PLAIN,
            head_dim=8,
            max_position_embeddings=64,
            rope_theta=100.0,
            rope_scaling=LLAMA3,
            tie_word_embeddings=True,
        ),
    ),
    "mimo": (
        "mimo",
        "MiMoForCausalLM",
        dict(
            PLAIN,
            head_dim=8,
            attention_bias=True,
            attention_dropout=0.0,
            rope_theta=640000,
            rope_scaling=None,
            sliding_window=8,
            use_sliding_window=False,
            max_window_layers=2,
            num_nextn_predict_layers=1,
        ),
        "qwen2",
        dict(PLAIN, head_dim=8, rope_theta=640000),
    ),
}
NOTES = {
    "baichuan": "the plain head of the first Baichuan; its class is spelled with a large C",
    "baichuan2": "the head's rows have length 1 before the product (eps 1e-12), as Baichuan2 has it; gradients go through"
    " that. The stored rows are not normalised. Published files tell the two apart by 125696 tokens and the class's name",
    "mimo": "the file also holds tensors of the layers that predict further tokens; they take no part",
    "minicpm4": "dense attention, as the code computes without sparse_config",
}


class NormalisedHead(torch.nn.Linear):
    def forward(self, hidden):
        return F.linear(hidden, F.normalize(self.weight))


def twin_of(name):
    _, _, _, twin, keys = CASES[name]
    return Case(model_type=twin, keys={**TOKENS, **keys}, note=NOTES.get(name), change=CHANGES.get(name))


def normalise_head(model):
    model.lm_head.__class__ = NormalisedHead


CHANGES = {"baichuan2": normalise_head}


def published(name, values, config):
    """Values of the twin's parameters under the names and in the groups of the published files."""
    return LAYOUTS[CASES[name][0]](values, config)


def write_case(name):
    model_type, architecture, keys, twin, _ = CASES[name]
    case = twin_of(name)
    seed, model, rows, expected, count, _ = seeded(name, case)
    noise = golden.noise_by_kind(expected, run_in_float64(model, rows))
    check_stateless(model, rows, expected)
    path = golden.fresh("core", "decoder", name)
    stored = {n: v for n, v in model.state_dict().items() if not (case.config.tie_word_embeddings and n.startswith("lm_head"))}
    golden.write_tensors(path / "model.safetensors", published(name, stored, case.config) | further(name, seed))
    grads = {n[len("grad.") :]: v for n, v in expected.items() if n.startswith("grad.")}
    expected = {n: v for n, v in expected.items() if not n.startswith("grad.")}
    expected |= {f"grad.{n}": v for n, v in published(name, grads, case.config).items()}
    check_names(path, expected, further(name, seed))
    expected["count"] = torch.tensor(count)
    golden.write_tensors(path / "expected.safetensors", expected)
    golden.write_json(path / "inputs.json", {"rows": rows})
    config = dict(architectures=[architecture], model_type=model_type, **TOKENS, **SHARED, **keys)
    golden.write_json(path / "config.json", config)
    golden.write_json(path / "config_old.json", config)
    golden.write_json(path / "sheet.json", page(name, twin, sheet(name, case, seed, noise, expected, float("inf"))))
    print(f"{name:20s} {golden.size(path):6.1f} kB  noise {noise['forward']:.1e} / {noise['gradient']:.1e}")


def page(name, twin, found):
    found.pop("old_config", None)
    return {
        **found,
        "made_by": "parity/remote_code.py",
        "reference": f"a twin of the family {twin} in transformers, renamed and regrouped; the published code was not run",
        "configs": "config.json and config_old.json are the same: the published keys",
    }


def further(name, seed):
    """Tensors in the file that a loader passes over."""
    if name != "mimo":
        return {}
    generator = torch.Generator().manual_seed(seed + 2)
    shapes = {"token_layernorm": (24,), "hidden_layernorm": (24,), "input_proj": (24, 48), "final_layernorm": (24,)}
    return {f"model.mtp_layers.0.{n}.weight": torch.randn(s, generator=generator) for n, s in shapes.items()}


if __name__ == "__main__":
    torch.set_num_threads(1)
    for chosen in sys.argv[1:] or CASES:
        write_case(chosen)
