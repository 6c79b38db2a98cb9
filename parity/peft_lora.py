"""LoRA folders as PEFT writes them, with logits and gradients. Writes adapters/.../golden/peft/<model>/<case>/.

usage: python parity/peft_lora.py
"""

import copy
import json

import torch
import torch.nn.functional as F
from peft import LoraConfig, PeftModel, get_peft_model, get_peft_model_state_dict
from transformers import LlamaConfig, Qwen2Config

import golden
from decoder_gradients import HEADS, SHORT, SIZE, build

MODELS = {
    "llama": LlamaConfig(**SIZE, **HEADS, bos_token_id=1, eos_token_id=2),
    "qwen2": Qwen2Config(**SIZE, **HEADS, tie_word_embeddings=True, bos_token_id=1, eos_token_id=2),
}
LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
CASES = {
    "plain": dict(r=4, lora_alpha=8, target_modules=LINEAR),
    "rslora": dict(r=4, lora_alpha=8, target_modules=LINEAR, use_rslora=True),
    "modules_to_save": dict(r=2, lora_alpha=4, target_modules=["q_proj", "v_proj"], modules_to_save=["embed_tokens", "lm_head"]),
    "patterns": dict(
        r=4,
        lora_alpha=8,
        target_modules=LINEAR,
        rank_pattern={"q_proj": 2, "layers.1.self_attn.v_proj": 6, r"layers\.\d+\.mlp\.down_proj": 3},
        alpha_pattern={"q_proj": 16, "up_proj": 3, "model.layers.0.self_attn.o_proj": 1},
    ),
}


def base_model(name, seed):
    model = build(MODELS[name])
    model.name_or_path = f"tiny-{name}"
    golden.random_parameters(model, seed)
    return model


def randomise(model, seed):
    """Nonzero A and B, and saved modules that differ from the base by about a third."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator)
            if "lora_A" in name:
                parameter.copy_(noise / parameter.shape[1] ** 0.5)
            elif "lora_B" in name:
                parameter.copy_(0.12 * noise)
            elif "modules_to_save" in name:
                parameter.add_(0.3 * parameter.std() * noise)


def logits(model, rows):
    with torch.no_grad():
        out = [model(input_ids=torch.tensor([row["input_ids"]]), use_cache=False).logits[0] for row in rows]
    return {str(i): value for i, value in enumerate(out)}


def gradients(model, rows):
    """Of the loss summed over labelled tokens, divided by their count, under the names of the adapter's file."""
    count = sum(label != -100 for row in rows for label in row["labels"][1:])
    model.zero_grad()
    for row in rows:
        out = model(input_ids=torch.tensor([row["input_ids"]]), use_cache=False).logits[0]
        loss = F.cross_entropy(out[:-1], torch.tensor(row["labels"][1:]), ignore_index=-100, reduction="sum")
        (loss / count).backward()
    trained = {name: p.grad for name, p in model.named_parameters() if p.requires_grad}
    return {f"grad.{name.replace('.modules_to_save.default', '').replace('.default', '')}": g for name, g in trained.items()}


def everything(adapted, rows):
    merged = copy.deepcopy(adapted).merge_and_unload()
    expected = {f"logits.{i}": value for i, value in logits(adapted, rows).items()}
    expected |= {f"merged.logits.{i}": value for i, value in logits(merged, rows).items()}
    return expected | gradients(adapted, rows)


def in_float64(adapted, rows):
    with golden.everything_in_float64():
        return everything(copy.deepcopy(adapted).double(), rows)


def save(adapted, path):
    adapted.save_pretrained(path, save_embedding_layers=False)
    (path / "README.md").unlink(missing_ok=True)
    config = json.loads((path / "adapter_config.json").read_text())
    # A set in PEFT: its order in the file changes from run to run.
    config["target_modules"] = sorted(config["target_modules"])
    golden.write_json(path / "adapter_config.json", config)
    (path / "adapter_model.safetensors").chmod(0o644)


def check(name, path, base, rows, expected):
    """The folder gives the same logits when read again, merging agrees, and the adapter matters."""
    again = PeftModel.from_pretrained(copy.deepcopy(base), path).eval()
    if set(get_peft_model_state_dict(again, save_embedding_layers=False)) != {k[5:] for k in expected if k.startswith("grad.")}:
        raise AssertionError(f"{name}: the gradients' names are not those of the file")
    plain = logits(base, rows)
    for i, value in logits(again, rows).items():
        if not torch.equal(value, expected[f"logits.{i}"]):
            raise AssertionError(f"{name}: the saved folder gives other logits")
        if golden.difference(expected[f"merged.logits.{i}"], value) > 1e-5:
            raise AssertionError(f"{name}: merged and adapted differ")
        if golden.difference(plain[i], value) < 1e-2:
            raise AssertionError(f"{name}: the adapter hardly changes anything")


def write_case(model_name, case, rows, seeds):
    base = base_model(model_name, seeds["base"])
    adapted = get_peft_model(copy.deepcopy(base), LoraConfig(task_type="CAUSAL_LM", **CASES[case])).eval()
    randomise(adapted, seeds[case])
    expected = everything(adapted, rows)
    noise = golden.noise_by_kind(expected, in_float64(adapted, rows))
    path = golden.fresh("adapters", "peft", model_name, case)
    save(adapted, path)
    check(f"{model_name}/{case}", path, base, rows, expected)
    golden.write_tensors(path / "expected.safetensors", expected)
    golden.write_json(path / "sheet.json", sheet(f"{model_name}: LoRA, {case}", seeds[case], noise))
    size = sum(f.stat().st_size for f in path.iterdir()) / 1000
    print(f"{model_name}/{case:16s} {size:6.1f} kB  noise {noise['forward']:.1e} / {noise['gradient']:.1e}")


def write_base(model_name, rows, seed):
    base = base_model(model_name, seed)
    path = golden.fresh("adapters", "peft", model_name, "base")
    base.save_pretrained(path)
    (path / "generation_config.json").unlink(missing_ok=True)
    (path / "model.safetensors").chmod(0o644)
    golden.write_tensors(path / "expected.safetensors", {f"logits.{i}": v for i, v in logits(base, rows).items()})
    golden.write_json(golden.folder("adapters", "peft", model_name) / "inputs.json", {"rows": rows})


def sheet(what, seed, noise):
    return {
        "what": what,
        "made_by": "parity/peft_lora.py",
        "versions": golden.versions("torch", "transformers", "peft", "safetensors"),
        "seed": seed,
        "dtype": "float32",
        "attention": "eager",
        "tensors": {
            "logits.i": "[length, vocabulary] of row i of ../inputs.json: ../base with this adapter",
            "merged.logits.i": "the same after merge_and_unload",
            "grad.<key of adapter_model.safetensors>": "gradient of the loss summed over labelled tokens / their count",
        },
        "measure": golden.MEASURE,
        "tolerance": {"forward": 1e-5, "gradient": 1e-4},
        "noise": noise,
        "noise_of": "float32 against float64 (rotary angles float32 in both)",
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    for number, model_name in enumerate(MODELS):
        golden.fresh("adapters", "peft", model_name)
        rows = golden.random_rows(SHORT, SIZE["vocab_size"], 3001 + 100 * number)
        seeds = {case: 3010 + 100 * number + i for i, case in enumerate(CASES)} | {"base": 3000 + 100 * number}
        write_base(model_name, rows, seeds["base"])
        for case in CASES:
            write_case(model_name, case, rows, seeds)
