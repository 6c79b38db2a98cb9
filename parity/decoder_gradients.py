"""Logits, loss and every parameter's gradient of tiny decoders. Writes core/src/test/resources/golden/decoder/<name>/.

usage: python parity/decoder_gradients.py [NAME ...]

`old_configs.py`, run by transformers 4, then replaces the drafts of config_old.json.
"""

import json
import pathlib
import shutil
import sys
import tempfile

import torch
import torch.nn.functional as F
from transformers import AutoConfig
from transformers.core_model_loading import revert_weight_conversion
from transformers.models.auto.modeling_auto import AutoModelForCausalLM

import golden
from cases import CASES, seed_of
from choices import Choices
from families import FIRST, HEADS, SHORT, SIZE, TOKENS
from published import as_published

__all__ = ["HEADS", "SHORT", "SIZE", "build"]
CLEAR = 1e-3


def build(config, dtype=torch.float32, attention="eager"):
    # Experts one after another, whatever grouped product the platform has.
    config._experts_implementation = "eager"
    return as_published(AutoModelForCausalLM.from_config(config, attn_implementation=attention, dtype=dtype).eval())


def alike(model, config=None, dtype=torch.float32):
    """The same weights without state from earlier rows, see `check_stateless`; under another config, when given."""
    copy = build(config or model.config, dtype, model.config._attn_implementation)
    if hasattr(model, "lm_head"):
        copy.lm_head.__class__ = model.lm_head.__class__
    for parameter in copy.parameters():
        # Some are float32 whatever the model is.
        parameter.data = parameter.data.to(dtype)
    copy.load_state_dict({name: value.to(dtype) for name, value in model.state_dict().items()})
    return copy


def row_logits(model, ids):
    return model(input_ids=torch.tensor([ids]), use_cache=False).logits[0]


def file_names(model, values):
    """Values of parameters under the names, and in the pieces, that a saved file has: experts are one tensor in memory
    and often one each in the file."""
    return revert_weight_conversion(model, dict(values))


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
    expected |= {f"grad.{name}": value for name, value in gradients(model).items()}
    return expected, count


def gradients(model):
    return file_names(model, {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None})


def run_in_float64(model, rows):
    double = copied_buffers(alike(model, dtype=torch.float64), alike(model))
    with golden.everything_in_float64():
        return run(double, rows)[0]


def copied_buffers(target, source):
    """Rotary frequencies are computed in float32 whatever the model is."""
    buffers = dict(source.named_buffers())
    for name, buffer in target.named_buffers():
        buffer.copy_(buffers[name])
    return target


def derived_old_config(config):
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


def old_config(name, case, model):
    if name in FIRST:
        return derived_old_config(model.config)
    head = {"architectures": [type(model).__name__], "model_type": case.model_type}
    return {**head, **TOKENS, **case.keys, "torch_dtype": "float32", "transformers_version": "4.44.0"}


def check_old_config(path, rows, expected, attention, tolerance=0.0):
    """Loads the written weights once more with config_old.json in the place of config.json."""
    with tempfile.TemporaryDirectory() as old:
        shutil.copy(path / "model.safetensors", old)
        shutil.copy(path / "config_old.json", pathlib.Path(old) / "config.json")
        again, report = AutoModelForCausalLM.from_pretrained(
            old, attn_implementation=attention, experts_implementation="eager", output_loading_info=True
        )
        if any(report[kind] for kind in ("missing_keys", "unexpected_keys", "mismatched_keys")):
            raise AssertionError(f"{path.name}: {report}")
        as_published(again.eval())
        for i, row in enumerate(rows):
            if golden.difference(row_logits(again, row["input_ids"]), expected[f"logits.{i}"]) > tolerance:
                raise AssertionError(f"{path.name}: the old config gives other logits")


def check_stateless(model, rows, expected):
    """transformers keeps the table that `dynamic` rope grew for a long row and, in 5.6.0, does not reset it for a
    later short one (the reset looks at an attribute that the growth does not set). Golden values are free of that:
    rows come in growing length, and each equals the row in a model that has seen nothing else."""
    for i, row in enumerate(rows):
        if not torch.equal(row_logits(alike(model), row["input_ids"]), expected[f"logits.{i}"]):
            raise AssertionError("a row's logits depend on the rows before it")


def check_setting_matters(model, rows, changes):
    for change in changes if isinstance(changes, list) else [changes] if changes else []:
        other = alike(model, AutoConfig.for_model(**{**model.config.to_dict(), **change}))
        ids = rows[-1]["input_ids"]
        moved = golden.difference(row_logits(other, ids), row_logits(alike(model), ids))
        if moved < 1e-3:
            raise AssertionError(f"{change} hardly changes the logits ({moved})")


def check_library_loss(model, rows, expected, count):
    total = 0.0
    copy = alike(model)
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


def check_names(path, expected, further=()):
    """A gradient for every stored tensor that is trained, under its name; `further` ones take no part."""
    stored = {n: v for n, v in golden.tensors(path / "model.safetensors").items() if n not in further}
    graded = {name[len("grad.") :]: value for name, value in expected.items() if name.startswith("grad.")}
    untrained = {name for name in stored if "correction_bias" in name or name.endswith("masked_bias")}
    if graded.keys() != stored.keys() - untrained:
        raise AssertionError(f"{path.name}: gradients and file differ in {graded.keys() ^ stored.keys()}")
    for name, value in graded.items():
        if value.shape != stored[name].shape:
            raise AssertionError(f"{path.name}: {name} is {stored[name].shape}, its gradient {value.shape}")
        if not value.any():
            raise AssertionError(f"{path.name}: nothing reaches {name}")


def seeded(name, case, attempts=50):
    """The first of some seeds under which every router chooses clearly: model, rows, expected values, smallest gap."""
    for attempt in range(attempts):
        seed = seed_of(name) + 100000 * attempt
        model = case.changed(build(case.make_config(), attention=case.attention))
        golden.random_parameters(model, seed)
        rows = golden.random_rows(case.lengths, case.config.vocab_size, seed + 1)
        with Choices() as choices:
            expected, count = run(model, rows)
        if choices.smallest > CLEAR and all(v.any() for n, v in expected.items() if n.startswith("grad.")):
            return seed, model, rows, expected, count, choices.smallest
    raise AssertionError(f"{name}: no seed among {attempts} gives clear choices and uses every expert")


def save(name, case, model):
    path = golden.fresh("core", "decoder", name)
    model.save_pretrained(path)
    (path / "generation_config.json").unlink(missing_ok=True)
    golden.write_json(path / "config_old.json", old_config(name, case, model))
    return path


def write_case(name):
    case = CASES[name]
    seed, model, rows, expected, count, gap = seeded(name, case)
    noise = golden.noise_by_kind(expected, run_in_float64(model, rows))
    path = save(name, case, model)
    check_names(path, expected)
    check_old_config(path, rows, expected, case.attention)
    check_stateless(model, rows, expected)
    check_setting_matters(model, rows, case.matters)
    check_library_loss(model, rows, expected, count)
    golden.write_json(path / "inputs.json", {"rows": rows})
    expected["count"] = torch.tensor(count)
    golden.write_tensors(path / "expected.safetensors", expected)
    golden.write_json(path / "sheet.json", sheet(name, case, seed, noise, expected, gap))
    print(f"{name:20s} {golden.size(path):6.1f} kB  noise {noise['forward']:.1e} / {noise['gradient']:.1e}  gap {gap:.1e}")


def sheet(name, case, seed, noise, expected, gap):
    page = {
        "what": f"{name}: logits, loss and gradients of a tiny random model, row by row without padding",
        "made_by": "parity/decoder_gradients.py",
        "versions": golden.versions("torch", "transformers", "safetensors"),
        "seed": seed,
        "dtype": "float32",
        "attention": case.attention,
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
    if gap != float("inf"):
        page["smallest_choice"] = gap
        page["smallest_choice_of"] = "score of the last chosen expert or group minus the score of the first not chosen"
    if case.keys and name not in FIRST:
        page["old_config"] = "a draft: old_configs.py has not seen it"
    if case.note:
        page["note"] = case.note
    return page


if __name__ == "__main__":
    torch.set_num_threads(1)
    unknown = set(sys.argv[1:]) - CASES.keys()
    if unknown:
        sys.exit(f"no such case: {', '.join(sorted(unknown))}")
    for chosen in sys.argv[1:] or CASES:
        write_case(chosen)
