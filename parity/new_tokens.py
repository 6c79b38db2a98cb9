"""New tokens: what LLaMA-Factory 0.9.5 adds, how many rows it gives a model, what trains, and three steps of it.

    python parity/new_tokens.py          writes finetune/src/test/resources/golden/new_tokens/
    python parity/new_tokens.py check    trains on both sides from an adapter that this library made

The golden folder holds a small model (its tokenizer is `bytes` of the tests), rows that use the new tokens, the adapter that
LLaMA-Factory made of them without learning anything, and `sheet.json`: tokens and ids, rows, what trains, how the means of
new rows differ from the mean of all, and the losses of three steps from that adapter on the model as it came.

`check` goes the other way: `./finetune4j train` makes the adapter with rows of its own, LLaMA-Factory resizes the base,
loads the adapter through PEFT and trains; the losses must be equal. A second pair of runs trains a whole tied model whose
padding token stands in the rows: transformers gives its embedding row no gradient, which the losses of later steps show.
"""

import json
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

os.environ.setdefault("DISABLE_VERSION_CHECK", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch  # noqa: E402
from safetensors.torch import load_file  # noqa: E402
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM  # noqa: E402

import golden  # noqa: E402

TOKENIZER = golden.ROOT / "data/src/test/resources/tokenizers/bytes"
ORDINARY, SPECIAL = ["<call>", "<done>"], ["<|note|>"]
STORED, WIDTH = 482, 16
TABLES = ["base_model.model.model.embed_tokens.weight", "base_model.model.lm_head.weight"]
TOLERANCE = 1e-4
ROWS = [
    {"instruction": "<call> river <done>", "output": "<call> stone <done>"},
    {"instruction": "north lamp", "output": "<|note|> quiet"},
    {"instruction": "seven <|note|>", "output": "harbour <done>"},
    {"instruction": "green winter", "output": "<call> road"},
    {"instruction": "lamp", "output": "river <done> stone"},
    {"instruction": "road <call>", "output": "<|note|> green"},
]


def write_model(folder, **more):
    torch.manual_seed(3)
    config = LlamaConfig(
        vocab_size=STORED, hidden_size=WIDTH, intermediate_size=24, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=256, initializer_range=0.2, bos_token_id=None, eos_token_id=1, **more,
    )
    LlamaForCausalLM(config).save_pretrained(folder)


def with_tokenizer(model, folder):
    shutil.copytree(model, folder)
    for file in TOKENIZER.iterdir():
        shutil.copy(file, folder)


def write_data(folder):
    folder.mkdir(exist_ok=True)
    golden.write_json(folder / "dataset_info.json", {"spoken": {"file_name": "spoken.json"}})
    golden.write_json(folder / "spoken.json", [{"instruction": row["instruction"], "input": "", "output": row["output"]} for row in ROWS])


def settings(model, data, out, **more):
    return {
        "model_name_or_path": str(model), "stage": "sft", "do_train": True, "finetuning_type": "lora", "lora_rank": 2,
        "lora_target": "q_proj,down_proj", "add_tokens": ",".join(ORDINARY), "add_special_tokens": ",".join(SPECIAL),
        "dataset": "spoken", "dataset_dir": str(data), "template": "chatml", "cutoff_len": 64, "output_dir": str(out),
        "per_device_train_batch_size": 2, "gradient_accumulation_steps": 1, "max_steps": 3, "learning_rate": 1e-2,
        "lr_scheduler_type": "constant", "disable_shuffling": True, "logging_steps": 1, "report_to": "none", "use_cpu": True,
        **more,
    }


def theirs(values, work):
    code = "import json, sys; from llamafactory.train.tuner import run_exp; run_exp(json.loads(sys.argv[1]))"
    values = {**values, "preprocessing_num_workers": None, "tokenized_path": None, "overwrite_cache": True}
    environment = {**os.environ, "HF_HOME": str(work / "hf"), "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", code, json.dumps(values)], capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SystemExit(f"LLaMA-Factory stops: {done.stderr.strip()[-1500:]}")
    return losses(values["output_dir"])


def ours(values, work):
    file = work / "ours.yaml"
    file.write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in values.items()))
    done = subprocess.run([str(golden.ROOT / "finetune4j"), "train", str(file)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"ours stops: {done.stderr.strip()[-1500:]}")
    return losses(values["output_dir"])


def losses(out):
    history = json.loads((pathlib.Path(out) / "trainer_state.json").read_text())["log_history"]
    return [entry["loss"] for entry in history if "loss" in entry]


def describe(base, adapter, count=None):
    """Rows of the tables and what the first so many new ones start with, held to the rule: mean of all, and noise.

    LLaMA-Factory 0.9.5 starts every row beyond the old ones so; here rows that belong to no token are drawn as fresh ones.
    """
    tables = load_file(adapter / "adapter_model.safetensors")
    stored = load_file(base / "model.safetensors")
    facts = {}
    for key in TABLES:
        table = tables[key]
        old = stored[key.removeprefix("base_model.model.")]
        assert torch.equal(table[:STORED], old), key
        mean = old.mean(0)
        new = (table[STORED:] if count is None else table[STORED : STORED + count]) - mean
        # The mean of n draws of deviation 1/sqrt(width) strays by that over sqrt(n).
        strays = (new.mean(0).abs().max() / (1 / math.sqrt(WIDTH * len(new)))).item()
        assert strays < 4 and abs(new.std().item() * math.sqrt(WIDTH) - 1) < 4 / math.sqrt(2 * new.numel()), (key, strays)
        facts[key] = {"rows": len(table), "deviation_times_root_of_width": round(new.std().item() * math.sqrt(WIDTH), 4)}
    return facts


def write():
    out = golden.fresh("finetune", "new_tokens")
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(temporary)
        write_model(out / "base")
        (out / "base" / "generation_config.json").unlink()
        write_data(out / "data")
        with_tokenizer(out / "base", work / "model")
        theirs(settings(work / "model", out / "data", work / "made", max_steps=1, learning_rate=0.0), work)
        steps = theirs(settings(work / "model", out / "data", work / "trained", adapter_name_or_path=str(work / "made")), work)
        (out / "adapter").mkdir()
        for name in ("adapter_model.safetensors", "adapter_config.json", "tokenizer.json", "tokenizer_config.json"):
            shutil.copy(work / "made" / name, out / "adapter" / name)
        config = json.loads((out / "adapter/adapter_config.json").read_text())
        config["base_model_name_or_path"] = "base"
        config["modules_to_save"].sort()
        config["target_modules"].sort()
        golden.write_json(out / "adapter/adapter_config.json", config)
        tokenizer = AutoTokenizer.from_pretrained(work / "made")
        tables = load_file(work / "made/adapter_model.safetensors")
        after = load_file(work / "trained/adapter_model.safetensors")
        # PEFT 0.18 stores a resized table under three names; the two that say where it lies in the model repeat it.
        names = [name for name in tables if ".modules_to_save." not in name and ".original_module." not in name]
        moved = {name: (after[name] != tables[name]).any(1).nonzero().flatten().tolist() for name in names}
        golden.write_json(out / "sheet.json", {
            "what": "LLaMA-Factory 0.9.5: an adapter with new tokens that learned nothing, and three steps from it",
            "versions": golden.versions("torch", "transformers", "peft"),
            "tokens": {token: tokenizer.convert_tokens_to_ids(token) for token in ORDINARY + SPECIAL},
            "special": SPECIAL,
            "rows": len(tables[TABLES[0]]),
            "trained": sorted(name for name in names if moved[name]),
            "embedding_rows_trained": moved[TABLES[0]],
            "head_rows_trained": len(moved[TABLES[1]]),
            "tables": describe(out / "base", work / "made"),
            "losses": steps,
            "tolerance": TOLERANCE,
        })
    for path in out.rglob("*"):
        if path.is_file():
            path.chmod(0o644)


def agree(what, mine, their, **facts):
    worst = max(abs(a - b) for a, b in zip(mine, their))
    print(json.dumps({"case": what, **facts, "ours": mine, "theirs": their, "largest difference": worst}, indent=1))
    if len(mine) != 3 or len(their) != 3 or worst > TOLERANCE:
        raise SystemExit(f"{what}: the losses differ")


def check_tokens(work):
    write_model(work / "base")
    with_tokenizer(work / "base", work / "model")
    ours(settings(work / "model", work / "data", work / "made", max_steps=1, learning_rate=0.0), work)
    facts = describe(work / "base", work / "made", len(ORDINARY + SPECIAL))
    tokenizer = AutoTokenizer.from_pretrained(work / "made")
    ids = tokenizer.convert_tokens_to_ids(ORDINARY + SPECIAL)
    assert ids == list(range(STORED, STORED + 3)), ids
    adapter = str(work / "made")
    mine = ours(settings(work / "model", work / "data", work / "ours", adapter_name_or_path=adapter), work)
    their = theirs(settings(work / "model", work / "data", work / "theirs", adapter_name_or_path=adapter), work)
    agree("new tokens", mine, their, tables=facts)


def check_padding(work):
    end = AutoTokenizer.from_pretrained(TOKENIZER).convert_tokens_to_ids("<|im_end|>")
    write_model(work / "padded-base", pad_token_id=end, tie_word_embeddings=True)
    with_tokenizer(work / "padded-base", work / "padded")
    runs = []
    for name, run in (("ours", ours), ("theirs", theirs)):
        values = settings(work / "padded", work / "data", work / f"padded-{name}", finetuning_type="full")
        for key in ("add_tokens", "add_special_tokens", "lora_rank", "lora_target"):
            del values[key]
        runs.append(run(values, work))
    agree("padding row", *runs)


def check():
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(temporary)
        write_data(work / "data")
        check_tokens(work)
        check_padding(work)


if __name__ == "__main__":
    check() if sys.argv[1:] == ["check"] else write()
