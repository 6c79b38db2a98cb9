"""A real model out of its GGUF file, compared with the float32 folder that Transformers makes of it: ids, logits, losses.

    python parity/gguf_end_to_end.py GGUF FOLDER DATA.json [--keep WORK] [--steps 3] [--only ids,logits,losses]

FOLDER holds model and tokenizer as `from_pretrained(..., gguf_file=...)` and `save_pretrained` made them, DATA is an Alpaca-like
JSON list. Run from the repository's root with a command line that is built (./finetune4j version); LLaMA-Factory is found
beside this Python, on the path, or as $LLAMAFACTORY.

ids     over the mixed corpus of small_tokenizers.py and every text of DATA: rebuilt for `compat: llamafactory` they must be those
        of FOLDER's tokenizer; rebuilt by the metadata they must be those of that tokenizer with digits cut one by one, which is what
        the file names (tokenizer.ggml.pre: smollm) and Transformers drops, and without the unknown token that it adds
logits  of whole rows, relative to the largest one of a row: 1e-4
losses  LoRA from one adapter that PEFT drew, and full tuning; with `compat: llamafactory` ours must be within 1e-3 of those of
        LLaMA-Factory on FOLDER. Those without it are printed beside them

Prints a line each; ends with 1 where one of them does not hold.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import torch
from peft import LoraConfig, get_peft_model
from tokenizers import Tokenizer, pre_tokenizers
from transformers import AutoModelForCausalLM

from opens_rebuilt import texts_of
from small_tokenizers import CORPUS

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
TEMPLATE = "smollm2"
ROWS = 6
SETTINGS = {
    "stage": "sft",
    "do_train": True,
    "dataset": "texts",
    "template": TEMPLATE,
    "cutoff_len": 512,
    "max_samples": 64,
    "preprocessing_num_workers": 1,
    "dataloader_num_workers": 0,
    "logging_steps": 1,
    "save_strategy": "no",
    "overwrite_output_dir": True,
    "overwrite_cache": True,
    "report_to": "none",
    "per_device_train_batch_size": 2,
    "gradient_accumulation_steps": 2,
    "lr_scheduler_type": "constant",
    "use_cpu": True,
    "plot_loss": False,
}


def by_java(gguf, work, texts):
    """Ids of all texts in both ways of rebuilding, and logits of the first rows, from one start of the virtual machine."""
    for kept in work.glob("cache*"):
        shutil.rmtree(kept)
    (work / "texts.json").write_text(json.dumps(texts))
    (work / "rows.json").write_text(json.dumps(rows_of(work)))
    classpath = (ROOT / "cli" / "target" / "classpath").read_text().strip()
    subprocess.run(["java", "-Xmx1g", "-cp", classpath, str(HERE / "OpenGguf.java"), str(gguf), str(work)], check=True)


def rows_of(work):
    return [json.loads(line) for line in (work / "rows.txt").read_text().splitlines()]


def compare_ids(folder, work, texts):
    kept = Tokenizer.from_file(str(folder / "tokenizer.json"))
    by_digit = Tokenizer.from_file(str(folder / "tokenizer.json"))
    by_digit.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), kept.pre_tokenizer])
    # Nor has the original an unknown token, as Transformers gives bytes that the vocabulary lacks.
    by_digit.model.unk_token, by_digit.model.fuse_unk = None, False
    due = [[e.ids for e in t.encode_batch(texts, add_special_tokens=False)] for t in (kept, by_digit)]
    got = [json.loads((work / f"ids-{name}.json").read_text()) for name in ("transformers", "metadata")]
    unlike = [sum(a != b for a, b in zip(x, y, strict=True)) for x, y in zip(due, got, strict=True)]
    apart = sum(a != b for a, b in zip(*due))
    tokens = sum(map(len, got[0]))
    print(f"ids: {len(texts)} texts, {tokens} tokens; compat: llamafactory: {unlike[0]} unlike the folder's tokenizer")
    print(f"ids: by the metadata: {unlike[1]} unlike the folder's tokenizer with digits cut one by one, in which {apart} texts differ")
    return not any(unlike)


def compare_logits(folder, work):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    rows = rows_of(work)
    got = np.fromfile(work / "logits.f32", dtype="<f4").reshape(-1, model.config.vocab_size)
    worst, at = 0.0, 0
    for row in rows:
        with torch.no_grad():
            due = model(torch.tensor([row])).logits[0].numpy()
        worst = max(worst, float(np.abs(got[at : at + len(row)] - due).max() / np.abs(due).max()))
        at += len(row)
    print(f"logits: {len(rows)} rows, {at} tokens x {model.config.vocab_size}; largest difference {worst:.1e} of the largest logit")
    return at == len(got) and worst <= 1e-4


def adapter(folder, work):
    """A LoRA that both sides go on from; drawn once."""
    place = work / "adapter"
    if not (place / "adapter_config.json").exists():
        torch.manual_seed(1)
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        maps = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
        wanted = LoraConfig(r=8, lora_alpha=16, target_modules=maps, task_type="CAUSAL_LM", base_model_name_or_path=str(folder))
        get_peft_model(model, wanted).save_pretrained(place)
    return place


def losses(program, name, settings, work):
    out = work / name
    shutil.rmtree(out, ignore_errors=True)
    config = work / f"{name}.yaml"
    config.write_text(json.dumps({**settings, "output_dir": str(out)}, indent=1))
    environment = dict(os.environ, DISABLE_VERSION_CHECK="1", CUDA_VISIBLE_DEVICES="")
    with open(work / f"{name}.log", "w") as log:
        code = subprocess.run([program, "train", str(config)], stdout=log, stderr=log, env=environment).returncode
    if code:
        sys.exit(f"{name}: exit {code}; its log is {work / name}.log\n" + (work / f"{name}.log").read_text()[-1500:])
    lines = [json.loads(line) for line in (out / "trainer_log.jsonl").read_text().splitlines()]
    return [line["loss"] for line in lines if "loss" in line]


def compare_losses(arguments, work):
    beside = pathlib.Path(sys.executable).with_name("llamafactory-cli")
    theirs = os.environ.get("LLAMAFACTORY") or (str(beside) if beside.exists() else "llamafactory-cli")
    (work / "dataset_info.json").write_text(json.dumps({"texts": {"file_name": str(arguments.data.resolve())}}))
    common = {**SETTINGS, "dataset_dir": str(work), "max_steps": arguments.steps}
    lora = {"finetuning_type": "lora", "adapter_name_or_path": str(adapter(arguments.folder, work)), "learning_rate": 1e-3}
    holds = True
    for name, tuning in (("lora", lora), ("full", {"finetuning_type": "full", "learning_rate": 1e-5})):
        settings = {**common, **tuning}
        file = work / f"{name}-due.json"
        if not file.exists():
            due = losses(theirs, f"{name}-llamafactory", {**settings, "model_name_or_path": str(arguments.folder)}, work)
            file.write_text(json.dumps(due))
        due = json.loads(file.read_text())
        ours = {**settings, "model_name_or_path": str(arguments.gguf)}
        program = str(ROOT / "finetune4j")
        compatible = losses(program, f"{name}-compat", {**ours, "compat": "llamafactory"}, work)
        plain = losses(program, f"{name}-metadata", ours, work)
        worst = max(abs(a - b) / abs(b) for a, b in zip(compatible, due, strict=True))
        shown = lambda values: " ".join(f"{value:.6f}" for value in values)
        print(f"losses, {name}: LLaMA-Factory on the folder    {shown(due)}")
        print(f"losses, {name}: GGUF, compat: llamafactory     {shown(compatible)}; largest difference {worst:.1e}")
        print(f"losses, {name}: GGUF, as its metadata say      {shown(plain)}", flush=True)
        holds &= worst <= 1e-3 and len(due) == arguments.steps
    return holds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gguf", type=lambda name: pathlib.Path(name).resolve())
    parser.add_argument("folder", type=lambda name: pathlib.Path(name).resolve())
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path, help="folder for what is made; LLaMA-Factory's losses there are used again")
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--only", default="ids,logits,losses")
    arguments = parser.parse_args()
    wanted = arguments.only.split(",")
    holds = True
    with tempfile.TemporaryDirectory() as name:
        work = (arguments.keep or pathlib.Path(name)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        if "ids" in wanted or "logits" in wanted:
            texts = CORPUS + texts_of(json.loads(arguments.data.read_text()))
            kept = Tokenizer.from_file(str(arguments.folder / "tokenizer.json"))
            rows = [kept.encode(text).ids[:128] for text in texts if len(text) > 200][:ROWS]
            (work / "rows.txt").write_text("".join(json.dumps(row) + "\n" for row in rows))
            by_java(arguments.gguf, work, texts)
        if "ids" in wanted:
            holds &= compare_ids(arguments.folder, work, texts)
        if "logits" in wanted:
            holds &= compare_logits(arguments.folder, work)
        if "losses" in wanted:
            holds &= compare_losses(arguments, work)
    print("all of it holds" if holds else "something does not hold")
    sys.exit(not holds)


if __name__ == "__main__":
    main()
