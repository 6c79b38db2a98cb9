"""Rows that one of the two encoded and the other opens: do this library and LLaMA-Factory 0.9.5 share `tokenized_path`?

    python parity/opens_our_cache.py [--fixture]

The data is that of `encoders.py`, the settings are the same on both sides, ours with `compat: llamafactory`. For each case:
1. `./finetune4j plan`, or for stages that it does not know `KeepRows.java`, encodes into a folder; Python's `datasets.load_from_disk` opens it. Each column that both write holds the
   same values, row by row, up to the padding with which LLaMA-Factory ends packed rows. Columns that only one of them
   writes are named.
2. LLaMA-Factory itself trains two steps from our folder where the case says so.
3. LLaMA-Factory encodes into a folder of its own; `./finetune4j plan` opens that one and counts as many rows.
With --fixture the folders of 3, and what they were made with, become data/src/test/resources/golden/kept/, from which the
Java tests read samples and compare them with their own.
"""

import argparse
import contextlib
import io
import json
import logging
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

os.environ.setdefault("DISABLE_VERSION_CHECK", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import datasets  # noqa: E402
from transformers import LlamaConfig, LlamaForCausalLM  # noqa: E402

import encoders  # noqa: E402
import golden  # noqa: E402

datasets.disable_progress_bars()
PACKED = {"dataset": "plain,sharegpt", "template": "qwen", "cutoff_len": 96, "max_samples": 12}
CASES = [
    {"name": "sft", "settings": {"dataset": "alpaca,sharegpt", "template": "qwen", "cutoff_len": 128, "max_samples": 12}},
    {"name": "sft-eval", "settings": {"dataset": "plain", "template": "qwen", "max_samples": 12, "val_size": 0.25}},
    {"name": "packed", "settings": {**PACKED, "packing": True}},
    {"name": "neat", "settings": {**PACKED, "neat_packing": True}},
    {"name": "pt", "stage": "pt", "settings": {"dataset": "corpus", "template": "default", "cutoff_len": 32, "max_samples": 12}},
    {"name": "pt-rows", "stage": "pt",
     "settings": {"dataset": "corpus", "template": "default", "cutoff_len": 32, "max_samples": 12, "packing": False}},
    {"name": "dpo", "stage": "rm", "settings": {"dataset": "pairs,chosen", "template": "qwen", "max_samples": 12}},
    {"name": "kto", "stage": "kto", "settings": {"dataset": "verdicts", "template": "qwen", "max_samples": 12}},
]
TRAINED = {"sft", "packed", "neat", "pt", "pt-rows", "dpo", "kto"}
# What a split is called in a folder.
SPLITS = ("train", "validation")


def write_model(folder):
    """A model of two thin blocks with the tokenizer of the tests."""
    shutil.copytree(encoders.TOKENIZERS / "bytes", folder)
    config = LlamaConfig(
        vocab_size=1024, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        bos_token_id=None, eos_token_id=1,
    )
    LlamaForCausalLM(config).save_pretrained(folder)


def arguments(case, model, kept, out):
    stage = case.get("stage", "sft")
    values = {
        "model_name_or_path": str(model), "stage": "dpo" if stage == "rm" else stage, "do_train": True,
        "finetuning_type": "lora", "dataset_dir": str(encoders.OUT), "output_dir": str(out), "tokenized_path": str(kept),
        "per_device_train_batch_size": 2, "max_steps": 2, "report_to": "none", "use_cpu": True, "cutoff_len": 2048,
        **case["settings"],
    }
    if values.get("neat_packing"):
        values["packing"] = True
    return values


def plan(case, model, kept, work):
    if case.get("stage") in ("rm", "kto"):
        command = ["java", "-Xmx1g", "-cp", (golden.ROOT / "cli/target/classpath").read_text().strip(),
                   str(golden.ROOT / "parity/KeepRows.java"), str(model), str(encoders.OUT), str(kept), case["stage"],
                   json.dumps(case["settings"])]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    file = work / f"{case['name']}.yaml"
    values = {**arguments(case, model, kept, work / "out"), "compat": "llamafactory", "max_invalid_share": 1.0}
    file.write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in values.items()))
    done = subprocess.run([str(golden.ROOT / "finetune4j"), "plan", str(file)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{case['name']}: ours stops: {done.stderr.strip()[-600:]}")
    return done.stdout


def table(folder, split):
    loaded = datasets.load_from_disk(str(folder))
    if isinstance(loaded, datasets.DatasetDict):
        return loaded[split] if split in loaded else None
    return loaded if split == "train" else None


def without_padding(row, pad):
    if "position_ids" not in row:
        return row
    count = 0
    while count < len(row["input_ids"]) and all(
        row[column][-1 - count] == value for column, value in (("position_ids", 0), ("input_ids", pad), ("labels", -100))
    ):
        count += 1
    length = len(row["input_ids"]) - count
    same = ("input_ids", "attention_mask", "labels", "position_ids")
    return {key: value[:length] if key in same else value for key, value in row.items()}


def compare(name, ours, theirs, pad):
    """Values of the columns that both have; returns those that only one has, leaving out theirs that hold nothing."""
    if len(ours) != len(theirs):
        raise AssertionError(f"{name}: {len(ours)} rows of ours, {len(theirs)} of theirs")
    both = [c for c in theirs.column_names if c in ours.column_names]
    for i, (mine, their) in enumerate(zip(ours, theirs)):
        mine, their = without_padding(mine, pad), without_padding(their, pad)
        for column in both:
            if mine[column] != their[column]:
                raise AssertionError(f"{name}: row {i}: {column}: {mine[column]} instead of {their[column]}")
    filled = [c for c in theirs.column_names if any(value is not None for value in theirs[c])]
    mine = [c for c in ours.column_names if any(value is not None for value in ours[c])]
    return [c for c in both if c in filled], [c for c in mine if c not in both], [c for c in filled if c not in both]


def trains(values):
    """Two steps of LLaMA-Factory in a process of its own."""
    code = "import json, sys; from llamafactory.train.tuner import run_exp; run_exp(json.loads(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", code, json.dumps(values)], capture_output=True, text=True)
    if done.returncode:
        return f"LLaMA-Factory stops on our folder: {done.stderr.strip()[-800:]}"
    state = json.loads((pathlib.Path(values["output_dir"]) / "trainer_state.json").read_text())
    if state["global_step"] != 2:
        return f"{state['global_step']} steps instead of 2"
    loaded = "Loaded tokenized dataset from" in done.stderr + done.stdout
    return f"LLaMA-Factory trained 2 steps from ours, loss {state['log_history'][-1]['train_loss']:.4f}" + (
        "" if loaded else ", BUT NOT FROM OUR FOLDER")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--fixture", action="store_true")
    options = parser.parse_args()
    failures = 0
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(temporary)
        write_model(work / "model")
        for case in CASES:
            ours, theirs = work / "ours" / case["name"], work / "theirs" / case["name"]
            kept = {"tokenized_path": str(theirs), "packing": True} if case["settings"].get("neat_packing") else {
                "tokenized_path": str(theirs)}
            with contextlib.redirect_stdout(io.StringIO()):
                encoders.run({**case, "tokenizer": "bytes", "settings": {**case["settings"], **kept}}, str(work / "cache"))
            plan(case, work / "model", ours, work)
            pad = json.loads((encoders.TOKENIZERS / "bytes" / "tokenizer.json").read_text())
            pad = next(t["id"] for t in pad["added_tokens"] if t["content"] == "<|endoftext|>")
            for split in SPLITS:
                mine, their = table(ours, split), table(theirs, split)
                if (mine is None) != (their is None):
                    raise AssertionError(f"{case['name']}: only one of the two has the split {split}")
                if mine is None:
                    continue
                both, only_ours, only_theirs = compare(f"{case['name']} {split}", mine, their, pad)
                print(f"{case['name']} {split}: {len(mine)} rows, equal in {', '.join(both)}; only ours: "
                      f"{', '.join(only_ours) or 'none'}; only theirs: {', '.join(only_theirs) or 'none'}")
            if case["name"] in TRAINED:
                values = arguments(case, work / "model", ours, work / "trained" / case["name"])
                values["logging_steps"] = 1
                values["overwrite_output_dir"] = True
                said = trains(values)
                failures += "trained 2 steps from ours" not in said or "BUT NOT" in said
                print(f"{case['name']}: {said}")
            printed = plan(case, work / "model", theirs, work)
            counted = [line.strip() for line in printed.splitlines() if " rows" in line][:2]
            print(f"{case['name']}: ours opens theirs: {'; '.join(counted)}", flush=True)
        if options.fixture:
            out = golden.fresh("data", "kept")
            sheet = []
            for case in CASES:
                shutil.copytree(work / "theirs" / case["name"], out / case["name"])
                for file in (out / case["name"]).rglob("dataset_info.json"):
                    # The rest says on which machine and when the rows were read.
                    sheet_of_table = json.loads(file.read_text())
                    kept_keys = ("citation", "description", "features", "homepage", "license")
                    file.write_text(json.dumps({k: sheet_of_table[k] for k in kept_keys}, indent=2))
                sheet.append({"stage": "sft", **case, "tokenizer": "bytes"})
            golden.write_json(out / "cases.json", {
                "made_by": "parity/opens_our_cache.py --fixture",
                "versions": golden.versions("datasets", "transformers") | {"llamafactory": "0.9.5"},
                "cases": sheet,
            })
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
