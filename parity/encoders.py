"""Rows of ids and labels as LLaMA-Factory 0.9.5 prepares them. Writes data/src/test/resources/golden/encoders/.

    python parity/encoders.py

The inputs are made here and written beside the results: a catalog, alpaca rows (some of them unusable), sharegpt rows,
tool calls and a text file. Every case is a set of LLaMA-Factory's own data arguments; a result is the list of rows that its
preprocessing yields. Labels are written as the runs in which they equal the ids, `[from, to)`, and in full where they are
not of that kind. Padding at the end of packed rows is left out.
"""

import copy
import json
import os
import random
import shutil
import tempfile

os.environ.setdefault("DISABLE_VERSION_CHECK", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy  # noqa: E402
from transformers import AutoTokenizer, Seq2SeqTrainingArguments  # noqa: E402

from llamafactory.data import get_dataset, get_template_and_fix_tokenizer  # noqa: E402
from llamafactory.data.template import TEMPLATES  # noqa: E402
from llamafactory.hparams import DataArguments, ModelArguments  # noqa: E402

import golden  # noqa: E402

REGISTERED = copy.deepcopy(TEMPLATES)
OUT = golden.folder("data", "encoders")
TOKENIZERS = golden.ROOT / "data/src/test/resources/tokenizers"
COLUMNS = {"prompt": "instruction", "query": "input", "response": "output", "system": "system", "history": "history"}
CATALOG = {
    "alpaca": {"file_name": "alpaca.json", "columns": COLUMNS},
    "plain": {"file_name": "plain.json"},
    "sharegpt": {"file_name": "sharegpt.jsonl", "formatting": "sharegpt", "columns": {"messages": "conversations"}},
    "tools": {
        "file_name": "tools.jsonl",
        "formatting": "sharegpt",
        "columns": {"messages": "conversations", "tools": "tools", "system": "system"},
    },
    "sampled": {"file_name": "plain.json", "num_samples": 9},
    "corpus": {"file_name": "corpus.txt", "columns": {"prompt": "text"}},
    "pairs": {
        "file_name": "pairs.json",
        "ranking": True,
        "columns": {"prompt": "instruction", "query": "input", "chosen": "better", "rejected": "worse", "history": "history"},
    },
    "chosen": {
        "file_name": "chosen.jsonl",
        "formatting": "sharegpt",
        "ranking": True,
        "columns": {"messages": "conversations", "chosen": "better", "rejected": "worse"},
    },
    "verdicts": {"file_name": "verdicts.json", "columns": {"prompt": "instruction", "response": "output", "kto_tag": "good"}},
}
# Modes are tried with a template of each kind: with and without own end tokens, system text inside the first message,
# thoughts, several elements a message.
MODES = {
    "plain": {},
    "prompt": {"train_on_prompt": True},
    "history": {"mask_history": True},
    "cut64": {"cutoff_len": 64},
    "cut64-history": {"cutoff_len": 64, "mask_history": True},
    "cut24": {"cutoff_len": 24},
    "nothink": {"enable_thinking": False},
    "somethink": {"enable_thinking": None},
    "keepthink": {"preserve_thinking": True, "mask_history": True},
    "system": {"default_system": "Answer briefly."},
}
KINDS = ["llama3", "qwen", "qwen3", "llama2", "glm4", "default", "mistral", "gemma2", "gpt_oss"]


def words(draw, count):
    pool = "river castle lantern Garden engine 7 42 violin, compass. \u00e9clair \U0001f600 \u4f60\u597d the of and".split()
    return " ".join(draw.choice(pool) for _ in range(count))


def alpaca():
    draw = random.Random(1)
    rows = []
    for i in range(14):
        row = {"instruction": words(draw, draw.randint(1, 12)), "input": "", "output": words(draw, draw.randint(1, 20))}
        row["system"] = words(draw, 3) if i % 3 == 0 else None
        row["input"] = words(draw, 4) if i % 4 == 1 else ""
        row["history"] = [[words(draw, 3), words(draw, draw.randint(1, 9))] for _ in range(i % 3)]
        rows.append(row)
    rows[3]["output"] = None
    rows[6]["output"] = "<think>\nwell, " + words(draw, 3) + "\n</think>\n\nyes"
    rows[8]["history"] = [["first?", "<think>\nold\n</think>\n\none"], ["second?", "two"]]
    rows[9]["output"] = ""
    rows[11]["instruction"] = rows[11]["input"] = ""
    rows[12]["instruction"] = "say <|im_end|> and stop\n"
    return rows


def plain():
    draw = random.Random(2)
    return [
        {"instruction": words(draw, 4), "input": words(draw, i % 3), "output": words(draw, 1 + i % 6)} for i in range(23)
    ]


def sharegpt():
    draw = random.Random(3)
    rows = []
    for i in range(12):
        turns = []
        for _ in range(1 + i % 4):
            turns.append({"from": "human", "value": words(draw, draw.randint(1, 10))})
            turns.append({"from": "gpt", "value": words(draw, draw.randint(1, 14))})
        rows.append({"conversations": turns})
    rows[2]["conversations"].insert(0, {"from": "system", "value": "Be a castle."})
    rows[4]["conversations"].pop()
    rows[5]["conversations"][0]["from"] = "gpt"
    rows[7]["conversations"][1]["from"] = "observation"
    rows[9]["conversations"] = []
    return rows


def tools():
    schema = {"type": "object", "properties": {"n": {"type": "integer", "description": "count"}}, "required": ["n"]}
    tool = {"name": "count", "description": "Counts \u00e9t\u00e9s.", "parameters": schema}
    call = {"name": "count", "arguments": {"n": 3, "x": 1.5, "s": "\u00e9\n", "e": [], "big": 10**20, "small": 1e-7}}
    first = [
        {"from": "human", "value": "count to 3"},
        {"from": "function_call", "value": json.dumps(call)},
        {"from": "observation", "value": "1 2 3"},
        {"from": "gpt", "value": "done"},
    ]
    second = [
        {"from": "human", "value": "twice"},
        {"from": "function_call", "value": "<think>\nhm\n</think>\n\n" + json.dumps([call, call])},
        {"from": "observation", "value": "ok"},
        {"from": "gpt", "value": "twice done"},
    ]
    third = [{"from": "human", "value": "no tools"}, {"from": "gpt", "value": "none"}]
    wrapped = [{"type": "function", "function": tool}]
    return [
        {"conversations": first, "tools": json.dumps([tool]), "system": "You count."},
        {"conversations": second, "tools": json.dumps(wrapped, ensure_ascii=False), "system": ""},
        {"conversations": third, "tools": "", "system": ""},
    ]


def corpus():
    draw = random.Random(4)
    return [words(draw, draw.randint(0, 25)) for _ in range(31)]


def pairs():
    draw = random.Random(5)
    rows = []
    for i in range(11):
        row = {"instruction": words(draw, draw.randint(1, 12)), "input": words(draw, i % 3)}
        row["better"] = words(draw, draw.randint(1, 15))
        row["worse"] = words(draw, draw.randint(1, 15))
        row["history"] = [[words(draw, 3), words(draw, 5)] for _ in range(i % 3)]
        rows.append(row)
    rows[2]["better"] = "<think>\nlong\n</think>\n\n" + rows[2]["better"]
    rows[5]["worse"] = ""
    return rows


def chosen():
    draw = random.Random(6)
    rows = []
    for i in range(7):
        turns = [{"from": "human", "value": words(draw, 5)}]
        for _ in range(i % 3):
            turns += [{"from": "gpt", "value": words(draw, 6)}, {"from": "human", "value": words(draw, 4)}]
        row = {"conversations": turns, "better": {"from": "gpt", "value": words(draw, 9)}}
        row["worse"] = {"from": "gpt", "value": words(draw, 3)}
        rows.append(row)
    rows[3]["conversations"].append({"from": "gpt", "value": "one too many"})
    return rows


def verdicts():
    draw = random.Random(7)
    return [
        {"instruction": words(draw, 1 + i % 7), "output": words(draw, 1 + (i * 5) % 11), "good": i % 3 != 1}
        for i in range(13)
    ]


def write_inputs():
    shutil.rmtree(OUT)
    OUT.mkdir()
    (OUT / "dataset_info.json").write_text(json.dumps(CATALOG, indent=1) + "\n", encoding="utf-8")
    for name, rows in (
        ("alpaca.json", alpaca()),
        ("plain.json", plain()),
        ("pairs.json", pairs()),
        ("verdicts.json", verdicts()),
    ):
        (OUT / name).write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for name, rows in (
        ("sharegpt.jsonl", sharegpt()),
        ("tools.jsonl", tools()),
        ("chosen.jsonl", chosen()),
    ):
        lines = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows)
        (OUT / name).write_text(lines, encoding="utf-8")
    (OUT / "corpus.txt").write_text("\n".join(corpus()) + "\n", encoding="utf-8")


def compact(row):
    ids, mask = row["input_ids"], row["attention_mask"]
    labels = row["labels"]
    positions = row.get("position_ids")
    result = {}
    if positions is not None:
        # The first label of padding stands at the first place behind the last part.
        length = len(ids) - row["pads"]
        ids, labels, mask, positions = ids[:length], labels[:length], mask[:length], positions[:length]
        starts = [i for i, p in enumerate(positions) if p == 0] + [length]
        result["parts"] = [b - a for a, b in zip(starts, starts[1:])]
        result["apart"] = max(mask) > 1 or len(result["parts"]) == 1 and row["neat"]
    result["ids"] = ids
    if all(l in (-100, i) for l, i in zip(labels, ids)):
        runs, at = [], 0
        while at < len(labels):
            end = at
            while end < len(labels) and labels[end] != -100:
                end += 1
            if end > at:
                runs.append([at, end])
            at = end + 1
        result["trained"] = runs
    else:
        result["labels"] = labels
    return result


def of_stage(stage, row):
    """One row, or the two that are compared; a prompt keeps its answer behind it, as the product does."""
    if stage == "rm":
        sides = [{k[len(side) :]: v for k, v in row.items() if k.startswith(side)} for side in ("chosen_", "rejected_")]
        return {"rows": [compact(side) for side in sides]}
    if stage == "kto":
        mismatched = {k[len("kl_") :]: v for k, v in row.items() if k.startswith("kl_")}
        return {"rows": [compact(row), compact(mismatched)], "wanted": row["kto_tags"]}
    if stage == "ppo":
        ids, labels = row["input_ids"], row["labels"]
        row = {"input_ids": ids + labels, "labels": [-100] * len(ids) + labels, "attention_mask": [1] * (len(ids) + len(labels))}
    return compact(row)


def pads(row, pad):
    """Padding of a packed row: trailing places with position 0, one at least."""
    count = 0
    ids, positions = row["input_ids"], row["position_ids"]
    while count < len(ids) and positions[-1 - count] == 0 and ids[-1 - count] == pad and row["labels"][-1 - count] == -100:
        count += 1
    return count


def run(case, cache):
    tokenizer = AutoTokenizer.from_pretrained(str(TOKENIZERS / case["tokenizer"]))
    config = json.loads((TOKENIZERS / case["tokenizer"] / "tokenizer_config.json").read_text())
    # transformers 5 forgets this key where there is a tokenizer.json; the versions before it did not.
    tokenizer.add_bos_token = config.get("add_bos_token", False)
    # LLaMA-Factory changes its registered templates by a run's options.
    TEMPLATES.clear()
    TEMPLATES.update(copy.deepcopy(REGISTERED))
    settings = {"dataset_dir": str(OUT), "overwrite_cache": True, "cutoff_len": 2048, **case["settings"]}
    data = DataArguments(**settings)
    stage = case.get("stage", "sft")
    if stage == "pt" and data.packing is None:
        data.packing = True
    arguments = Seq2SeqTrainingArguments(output_dir=cache, do_train=True, use_cpu=True, report_to="none", seed=case.get("seed", 42))
    numpy.random.seed(arguments.seed)
    model = ModelArguments(model_name_or_path=str(TOKENIZERS / case["tokenizer"]), cache_dir=cache)
    template = get_template_and_fix_tokenizer(tokenizer, data)
    module = get_dataset(template, model, data, arguments, stage, tokenizer=tokenizer)
    result = {"name": case["name"], "stage": stage, "tokenizer": case["tokenizer"], "settings": case["settings"]}
    if "seed" in case:
        result["seed"] = case["seed"]
    result["added"] = len(tokenizer)
    for part, key in (("train", "train_dataset"), ("eval", "eval_dataset")):
        if key not in module:
            continue
        rows = []
        for row in module[key]:
            row = dict(row)
            if stage == "pt":  # the labels that the trainer's collator makes
                row["labels"] = [-100 if i == tokenizer.pad_token_id else i for i in row["input_ids"]]
            if "position_ids" in row:
                row["pads"] = pads(row, tokenizer.pad_token_id)
                row["neat"] = bool(data.neat_packing)
            rows.append(of_stage(stage, row))
        result[part] = rows
    return result


def cases():
    for template in KINDS:
        for mode, settings in MODES.items():
            efficient = TEMPLATES[template].efficient_eos
            thinks = type(TEMPLATES[template]).__name__ == "ReasoningTemplate"
            if efficient and mode == "prompt" or not thinks and "think" in mode:
                continue
            names = "alpaca,sharegpt" if mode in ("plain", "history") else "alpaca"
            settings = {"dataset": names, "template": template, **settings}
            yield {"name": f"{template}-{mode}", "tokenizer": "bytes", "settings": settings}
    for template in ("qwen", "qwen3", "default", "chatml"):
        yield {"name": f"{template}-tools", "tokenizer": "bytes", "settings": {"dataset": "tools", "template": template}}
    for tokenizer in ("pieces", "unigram"):
        for template in ("llama2", "qwen", "gemma", "vicuna", "alpaca"):
            yield {"name": f"{template}-{tokenizer}", "tokenizer": tokenizer, "settings": {"dataset": "alpaca", "template": template}}
    packed = {"dataset": "plain,sharegpt", "template": "llama3", "cutoff_len": 96, "packing": True}
    variants = {
        "packing": {},
        "neat": {"neat_packing": True},
        "groups": {"neat_packing": True, "preprocessing_batch_size": 10},
        "workers": {"preprocessing_num_workers": 2, "preprocessing_batch_size": 7},
        "short": {"cutoff_len": 40},
    }
    for name, more in variants.items():
        yield {"name": f"packed-{name}", "tokenizer": "bytes", "settings": {**packed, **more}}
    text = {"dataset": "corpus", "template": "default", "cutoff_len": 32}
    for tokenizer in ("bytes", "pieces"):
        yield {"name": f"pt-{tokenizer}", "stage": "pt", "tokenizer": tokenizer, "settings": text}
        yield {"name": f"pt-rows-{tokenizer}", "stage": "pt", "tokenizer": tokenizer, "settings": {**text, "packing": False}}
    yield {"name": "pt-asked", "stage": "pt", "tokenizer": "bytes", "settings": {**text, "packing": True}}
    yield {"name": "pt-groups", "stage": "pt", "tokenizer": "bytes", "settings": {**text, "preprocessing_batch_size": 8}}
    yield {"name": "pt-llama3", "stage": "pt", "tokenizer": "bytes", "settings": {**text, "template": "llama3"}}
    some = {"dataset": "plain,alpaca", "template": "qwen", "max_samples": 10}
    yield {"name": "first-rows", "tokenizer": "bytes", "settings": some}
    yield {"name": "sampled", "tokenizer": "bytes", "seed": 7, "settings": {"dataset": "sampled,plain", "template": "qwen"}}
    yield {"name": "split-share", "tokenizer": "bytes", "settings": {"dataset": "plain", "template": "qwen", "val_size": 0.2}}
    yield {"name": "split-count", "tokenizer": "bytes", "seed": 3, "settings": {"dataset": "plain", "template": "qwen", "val_size": 5}}
    mixed = {"dataset": "alpaca,plain", "template": "qwen", "max_samples": 12, "interleave_probs": "0.7,0.3"}
    for strategy in ("interleave_under", "interleave_over"):
        yield {"name": strategy, "tokenizer": "bytes", "settings": {**mixed, "mix_strategy": strategy}}
    yield {"name": "eval-set", "tokenizer": "bytes", "settings": {"dataset": "plain", "eval_dataset": "alpaca", "template": "qwen", "max_samples": 5}}


def compared():
    """Stages whose rows hold whole answers; LLaMA-Factory loads the data of dpo under the name rm."""
    for template in ("llama3", "qwen3", "glm4", "llama2", "gemma2"):
        for name, more in (("", {}), ("-cut40", {"cutoff_len": 40}), ("-nothink", {"enable_thinking": False})):
            if name == "-nothink" and template != "qwen3":
                continue
            base = {"template": template, **more}
            yield {"name": f"rm-{template}{name}", "stage": "rm", "tokenizer": "bytes", "settings": {"dataset": "pairs,chosen", **base}}
            yield {"name": f"kto-{template}{name}", "stage": "kto", "tokenizer": "bytes", "settings": {"dataset": "verdicts", **base}}
            yield {"name": f"ppo-{template}{name}", "stage": "ppo", "tokenizer": "bytes", "settings": {"dataset": "alpaca,sharegpt", **base}}
    groups = {"dataset": "verdicts", "template": "llama3", "preprocessing_batch_size": 4}
    yield {"name": "kto-groups", "stage": "kto", "tokenizer": "bytes", "settings": groups}


def every_template(cache):
    """One short conversation with every template, as ids and trained runs."""
    for name in sorted(TEMPLATES):
        if TEMPLATES[name].mm_plugin.__class__.__name__ != "BasePlugin":
            continue
        case = {"name": f"each-{name}", "tokenizer": "bytes", "settings": {"dataset": "alpaca", "template": name, "max_samples": 3}}
        try:
            yield run(case, cache)
        except (ValueError, TypeError) as error:
            print(f"{name} left out: {error}")


def main():
    write_inputs()
    with tempfile.TemporaryDirectory() as cache:
        results = [run(case, cache) for case in [*cases(), *compared()]]
        results += every_template(cache)
    lines = ",\n".join(json.dumps(r, ensure_ascii=False) for r in results)
    (OUT / "cases.json").write_text("[\n" + lines + "\n]\n", encoding="utf-8")
    sheet = {
        "what": "rows of ids and labels of LLaMA-Factory's preprocessing",
        "made_by": "parity/encoders.py",
        "versions": golden.versions("transformers", "datasets", "torch") | {"llamafactory": "0.9.5"},
        "dtype": "integers",
        "tolerance": 0,
    }
    golden.write_json(OUT / "sheet.json", sheet)


if __name__ == "__main__":
    main()
