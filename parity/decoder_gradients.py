"""Logits, loss and every parameter's gradient of tiny decoders. Writes core/src/test/resources/golden/decoder/<name>/.

usage: python parity/decoder_gradients.py [NAME ...]
"""

import json
import pathlib
import shutil
import sys
import tempfile

import torch
import torch.nn.functional as F
from transformers import AutoConfig, LlamaConfig, MistralConfig, Qwen2Config, Qwen3Config
from transformers.models.auto.modeling_auto import AutoModelForCausalLM

import golden

SHORT, LONG = (7, 19, 31), (6, 25, 44)
SIZE = dict(vocab_size=96, hidden_size=32, intermediate_size=24, num_hidden_layers=2, rms_norm_eps=1e-5)
HEADS = dict(num_attention_heads=4, num_key_value_heads=2)
# Two wide heads give eight rotary frequencies; a small base spreads them over the short rows.
WIDE = dict(num_attention_heads=2, num_key_value_heads=1, tie_word_embeddings=True)
UNSCALED = {"rope_type": "default", "rope_theta": 100.0}


def llama_rope(limit, **rope):
    parameters = {"rope_theta": 100.0, **rope}
    return LlamaConfig(**SIZE, **WIDE, max_position_embeddings=limit, rope_parameters=parameters)


# name: (config, lengths of the rows, changes of the config under which the logits must differ)
CASES = {
    "llama": (LlamaConfig(**SIZE, **HEADS), SHORT, {"rms_norm_eps": 1e-2}),
    "llama_biases": (
        LlamaConfig(**SIZE, **HEADS, attention_bias=True, mlp_bias=True, tie_word_embeddings=True),
        SHORT,
        {},
    ),
    "llama_rope_linear": (llama_rope(64, rope_type="linear", factor=4.0), LONG, {"rope_parameters": UNSCALED}),
    "llama_rope_dynamic": (llama_rope(16, rope_type="dynamic", factor=2.0), LONG, {"rope_parameters": UNSCALED}),
    "llama_rope_yarn": (
        llama_rope(64, rope_type="yarn", factor=4.0, original_max_position_embeddings=16, beta_fast=2.0, beta_slow=0.25),
        LONG,
        {"rope_parameters": UNSCALED},
    ),
    "llama_rope_llama3": (
        llama_rope(
            64,
            rope_type="llama3",
            factor=4.0,
            original_max_position_embeddings=16,
            low_freq_factor=1.0,
            high_freq_factor=4.0,
        ),
        LONG,
        {"rope_parameters": UNSCALED},
    ),
    "mistral_window": (
        MistralConfig(**SIZE, **HEADS, head_dim=6, sliding_window=8, tie_word_embeddings=True),
        SHORT,
        {"sliding_window": 9},
    ),
    "qwen2": (Qwen2Config(**SIZE, **HEADS, tie_word_embeddings=True), SHORT, {"rms_norm_eps": 1e-2}),
    "qwen3": (
        Qwen3Config(**SIZE, **HEADS, head_dim=12, tie_word_embeddings=False),
        SHORT,
        {"rms_norm_eps": 1e-2},
    ),
}


def build(config, dtype=torch.float32):
    return AutoModelForCausalLM.from_config(config, attn_implementation="eager", dtype=dtype).eval()


def fresh_copy(model):
    """The same weights without state from earlier rows: see `check_stateless`."""
    copy = build(model.config)
    copy.load_state_dict(model.state_dict())
    return copy


def row_logits(model, ids):
    return model(input_ids=torch.tensor([ids]), use_cache=False).logits[0]


def run(model, rows):
    """Row by row: logits, the loss summed over labelled tokens, and the gradients of that sum divided by the count."""
    count = sum(label != -100 for row in rows for label in row["labels"][1:])
    logits, losses = [], []
    model.zero_grad()
    for row in rows:
        out = row_logits(model, row["input_ids"])
        targets = torch.tensor(row["labels"][1:])
        loss = F.cross_entropy(out[:-1], targets, ignore_index=-100, reduction="sum")
        (loss / count).backward()
        logits.append(out.detach())
        losses.append(loss.detach())
    expected = {f"logits.{i}": value for i, value in enumerate(logits)}
    expected["loss.rows"] = torch.stack(losses)
    expected["loss.sum"] = expected["loss.rows"].sum()
    for name, parameter in model.named_parameters():
        expected[f"grad.{name}"] = parameter.grad.clone()
    return expected, count


def run_in_float64(model, rows):
    double = build(model.config, torch.float64)
    double.load_state_dict({name: value.double() for name, value in model.state_dict().items()})
    for single, copy in zip(fresh_copy(model).model.rotary_emb.buffers(), double.model.rotary_emb.buffers()):
        copy.copy_(single)
    with golden.everything_in_float64():
        return run(double, rows)[0]


def old_config(config):
    """The same settings under the key names of transformers 4: as checkpoints made before version 5 carry them."""
    keys = json.loads(config.to_json_string(use_diff=False))
    rope = keys.pop("rope_parameters")
    keys["rope_theta"] = rope.pop("rope_theta")
    if rope["rope_type"] == "linear":
        rope["type"] = rope.pop("rope_type")
    keys["rope_scaling"] = None if rope == {"rope_type": "default"} else rope
    if keys["model_type"].startswith("qwen"):
        # Published files carry a window that use_sliding_window switches off.
        keys["sliding_window"] = 8
    keys["torch_dtype"] = "float32"
    keys["transformers_version"] = "4.44.0"
    if keys.get("head_dim") == keys["hidden_size"] // keys["num_attention_heads"]:
        del keys["head_dim"]
    wanted = KEPT_KEYS | {"rope_theta", "rope_scaling", "torch_dtype", "transformers_version"}
    return {key: keys[key] for key in sorted(keys) if key in wanted}


KEPT_KEYS = set(
    "architectures model_type vocab_size hidden_size intermediate_size num_hidden_layers num_attention_heads"
    " num_key_value_heads head_dim hidden_act max_position_embeddings rms_norm_eps tie_word_embeddings attention_bias"
    " mlp_bias attention_dropout sliding_window use_sliding_window max_window_layers bos_token_id eos_token_id"
    " pad_token_id initializer_range use_cache".split()
)


def check_old_config(path, rows, expected):
    """Loads the written weights once more with config_old.json in the place of config.json."""
    with tempfile.TemporaryDirectory() as old:
        shutil.copy(path / "model.safetensors", old)
        shutil.copy(path / "config_old.json", pathlib.Path(old) / "config.json")
        again = AutoModelForCausalLM.from_pretrained(old, attn_implementation="eager").eval()
        for i, row in enumerate(rows):
            if not torch.equal(row_logits(again, row["input_ids"]), expected[f"logits.{i}"]):
                raise AssertionError(f"{path.name}: the old config gives other logits")


def check_stateless(model, rows, expected):
    """transformers keeps the table that `dynamic` rope grew for a long row and, in 5.6.0, does not reset it for a
    later short one (the reset looks at an attribute that the growth does not set). Golden values are free of that:
    rows come in growing length, and each equals the row in a model that has seen nothing else."""
    for i, row in enumerate(rows):
        if not torch.equal(row_logits(fresh_copy(model), row["input_ids"]), expected[f"logits.{i}"]):
            raise AssertionError("a row's logits depend on the rows before it")


def check_setting_matters(model, config, rows, changes):
    if not changes:
        return
    other = build(AutoConfig.for_model(**{**config.to_dict(), **changes}))
    other.load_state_dict(model.state_dict())
    ids = rows[-1]["input_ids"]
    moved = golden.difference(row_logits(other, ids), row_logits(fresh_copy(model), ids))
    if moved < 1e-3:
        raise AssertionError(f"{changes} hardly changes the logits ({moved})")


def check_library_loss(model, rows, expected, count):
    total = 0.0
    copy = fresh_copy(model)
    for row in rows:
        out = copy(
            input_ids=torch.tensor([row["input_ids"]]),
            labels=torch.tensor([row["labels"]]),
            num_items_in_batch=count,
            use_cache=False,
        )
        total += out.loss.item() * count
    if abs(total - expected["loss.sum"].item()) > 1e-5 * total:
        raise AssertionError(f"the model's own loss is {total}, not {expected['loss.sum'].item()}")


def write_case(name, seed):
    config, lengths, changes = CASES[name]
    config.bos_token_id, config.eos_token_id, config.pad_token_id = 1, 2, None
    model = build(config)
    golden.random_parameters(model, seed)
    rows = golden.random_rows(lengths, config.vocab_size, seed + 1)
    expected, count = run(model, rows)
    noise = golden.noise_by_kind(expected, run_in_float64(model, rows))
    path = golden.fresh("core", "decoder", name)
    model.save_pretrained(path)
    (path / "generation_config.json").unlink(missing_ok=True)
    golden.write_json(path / "config_old.json", old_config(model.config))
    check_old_config(path, rows, expected)
    check_stateless(model, rows, expected)
    check_setting_matters(model, config, rows, changes)
    check_library_loss(model, rows, expected, count)
    golden.write_json(path / "inputs.json", {"rows": rows})
    expected["count"] = torch.tensor(count)
    golden.write_tensors(path / "expected.safetensors", expected)
    golden.write_json(path / "sheet.json", sheet(name, seed, noise, expected))
    size = sum(f.stat().st_size for f in path.iterdir()) / 1000
    print(f"{name:20s} {size:6.1f} kB  noise {noise['forward']:.1e} / {noise['gradient']:.1e}")


def sheet(name, seed, noise, expected):
    return {
        "what": f"{name}: logits, loss and gradients of a tiny random model, row by row without padding",
        "made_by": "parity/decoder_gradients.py",
        "versions": golden.versions("torch", "transformers", "safetensors"),
        "seed": seed,
        "dtype": "float32",
        "attention": "eager",
        "tensors": {
            "logits.i": "[length, vocabulary] of row i",
            "loss.rows": "[rows] cross-entropy summed over a row's labelled tokens; labels[t] is predicted at t - 1",
            "loss.sum": "[] sum of loss.rows",
            "count": "[] int64, labelled tokens in all rows",
            "grad.<parameter>": "gradient of loss.sum / count; tied weights appear once, under the embedding",
        },
        "configs": "config.json as transformers 5 writes it, config_old.json with the keys of transformers 4: same model",
        "measure": golden.MEASURE,
        "tolerance": {"forward": 1e-5, "gradient": 1e-4},
        "noise": noise,
        "noise_of": "float32 against float64 (rotary angles float32 in both)",
        "mean_loss": expected["loss.sum"].item() / expected["count"].item(),
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    for number, case in enumerate(CASES):
        if not sys.argv[1:] or case in sys.argv[1:]:
            write_case(case, 1000 + 10 * number)
