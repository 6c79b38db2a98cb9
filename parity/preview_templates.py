"""Compares `finetune4j preview FILE --json` with LLaMA-Factory 0.9.5, ids and labels, under every template.

    python parity/preview_templates.py [--own] [--only NAME,NAME] [--data FOLDER] [--tokenizer FOLDER] [--keep FOLDER]

Rows of alpaca, sharegpt, tools and openai data, with and without system text, with histories, thoughts and calls, are
rendered by both under every template, without media, in these modes: plain, another system
text, mask_history, train_on_prompt, two lengths that cut, enable_thinking true, false and null, preserve_thinking, another
tool format. By default `compat: llamafactory` is set and any difference is a failure; --own leaves it out and counts the
differences by their reason. --data adds twelve rows of every alpaca and sharegpt file of a folder with a dataset_info.json, --tokenizer a
tokenizer beside the small ones of the tests. Build the command line first: ./finetune4j version.

LLaMA-Factory's side runs in this process, row by row, so that a row on which it stops does not hide the others; ours in
one virtual machine (PreviewMany.java), and a few files through the command line itself. --keep leaves everything in a
folder, where a later run takes LLaMA-Factory's rows from.
"""

import argparse
import collections
import copy
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

from transformers import AutoTokenizer  # noqa: E402

from llamafactory.data import get_template_and_fix_tokenizer  # noqa: E402
from llamafactory.data.converter import get_dataset_converter  # noqa: E402
from llamafactory.data.mm_plugin import get_mm_plugin  # noqa: E402
from llamafactory.data.parser import get_dataset_list  # noqa: E402
from llamafactory.data.processor import SupervisedDatasetProcessor  # noqa: E402
from llamafactory.data.template import TEMPLATES, ReasoningTemplate  # noqa: E402
from llamafactory.hparams import DataArguments  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOKENIZERS = ROOT / "data/src/test/resources/tokenizers"
REGISTERED = copy.deepcopy(TEMPLATES)
OPENAI_TAGS = {
    "role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant",
    "observation_tag": "tool", "function_tag": "function", "system_tag": "system",
}
CATALOG = {
    "alpaca": {
        "file_name": "alpaca.json",
        "columns": {"prompt": "instruction", "query": "input", "response": "output", "system": "system", "history": "history"},
    },
    "sharegpt": {"file_name": "sharegpt.json", "formatting": "sharegpt", "columns": {"messages": "conversations"}},
    "tools": {
        "file_name": "tools.json",
        "formatting": "sharegpt",
        "columns": {"messages": "conversations", "tools": "tools", "system": "system"},
    },
    "openai": {
        "file_name": "openai.json",
        "formatting": "openai",
        "columns": {"messages": "messages", "tools": "tools"},
        "tags": OPENAI_TAGS,
    },
}
MODES = {
    "plain": {},
    "system": {"default_system": "Answer briefly, in \u00e9t\u00e9."},
    "history": {"mask_history": True},
    "prompt": {"train_on_prompt": True},
    "cut90": {"cutoff_len": 90},
    "cut33": {"cutoff_len": 33},
    "cut60-history": {"cutoff_len": 60, "mask_history": True},
    "cut50-prompt": {"cutoff_len": 50, "train_on_prompt": True},
    "think-false": {"enable_thinking": False},
    "think-null": {"enable_thinking": None},
    "think-null-history": {"enable_thinking": None, "mask_history": True},
    "keepthink": {"preserve_thinking": True, "mask_history": True},
    "hermes": {"tool_format": "qwen"},
}
LENGTH = 2048
MALFORMED = {"glm4_moe", "minimax2", "seed_oss", "lfm2"}


def alpaca():
    def row(instruction, output, **more):
        return {"instruction": instruction, "input": "", "output": output, "system": None, "history": None, **more}

    old = [["first?", "<think>\nold\n</think>\n\none"], ["second?", "two, " * 12]]
    return [
        row("Add", "5 and \u4f60\u597d \U0001f600", input="2 3"),
        row("Say who you are.", "A castle.", system="Be a castle."),
        row("third?", "three", history=old),
        row("think", "<think>\nwell, so\n</think>\n\nyes"),
        row("think tightly", "<think>hm</think>no"),
        row("", ""),
        row("say <|im_end|> and </s> and stop\n", "  two blanks in front\n\n"),
        row("a long one " * 30, "with a long answer " * 25, system="long " * 20),
        row("no answer", None),
        row("{{content}} {{idx}}", "{{content}}"),
    ]


def sharegpt():
    def turns(*pairs):
        return {"conversations": [{"from": tag, "value": value} for tag, value in pairs]}

    return [
        turns(("human", "hi"), ("gpt", "hello")),
        turns(("system", "Be a castle."), ("human", "hi"), ("gpt", "walls"), ("human", "and?"), ("gpt", "a gate")),
        turns(("human", "hi"), ("gpt", "hello"), ("human", "no answer")),
        turns(("gpt", "hello"), ("human", "hi")),
        turns(("observation", "3 degrees"), ("gpt", "cold")),
        turns(("system", "S"), ("observation", "3 degrees"), ("gpt", "cold")),
        turns(*[("human", "q " * 9), ("gpt", "<think>\nx\n</think>\n\na " * 3)] * 4),
        turns(),
    ]


def tools():
    schema = {
        "type": "object",
        "properties": {
            "n": {"type": "integer", "description": "count"},
            "kind": {"type": "string", "enum": ["a", "b"]},
            "list": {"type": "array", "description": "some", "items": {"type": "number"}},
        },
        "required": ["n"],
    }
    tool = {"name": "count", "description": "Counts \u00e9t\u00e9s.", "parameters": schema}
    other = {"name": "now", "description": "Time", "parameters": {"type": "object", "properties": {}}}
    call = {"name": "count", "arguments": {"n": 3, "x": 1.5, "s": "\u00e9\n\"q\"", "e": [], "big": 10**20, "o": {"b": True, "a": None}}}
    offered = json.dumps([tool, other])
    wrapped = json.dumps([{"type": "function", "function": tool}], ensure_ascii=False)

    def row(value, tools=offered, system="", result="1 2 3"):
        turns = [("human", "count to 3"), ("function_call", value), ("observation", result), ("gpt", "done")]
        return {"conversations": [{"from": tag, "value": text} for tag, text in turns], "tools": tools, "system": system}

    plain = {"conversations": [{"from": "human", "value": "no"}, {"from": "gpt", "value": "none"}], "system": ""}
    return [
        row(json.dumps(call)),
        row(json.dumps(call), system="You count.", tools=wrapped),
        row("<think>\nhm\n</think>\n\n" + json.dumps([call])),
        row(json.dumps([call, {"name": "now", "arguments": {}}])),
        row('I call. <tool_call>{"name": "now", "arguments": {}}</tool_call>'),
        row('{"name": "count", "arguments": "{\\"n\\": 1}"}'),
        row('{"name": "now", "arguments": {}}', tools="[]"),
        {**plain, "tools": ""},
        {**plain, "tools": "[]"},
        {**plain, "tools": "[]", "system": "S"},
        row("{broken"),
        row(json.dumps(call), tools="[{]"),
        row('{"name": "count"}'),
    ]


def openai():
    tool = {"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object", "properties": {}}}}

    def message(role, content, calls=None):
        made = [{"id": "c", "type": "function", "function": {"name": "f", "arguments": c}} for c in calls or []]
        return {"role": role, "content": content, "tool_calls": made or None}

    asked = [message("system", "S"), message("user", "q")]
    return [
        {"messages": [*asked, message("assistant", "a")], "tools": None},
        {"messages": [message("user", "q"), message("assistant", "a")], "tools": [tool]},
        {"messages": [*asked, message("assistant", "a")], "tools": [tool]},
        {
            "messages": [
                *asked, message("assistant", None, ['{"a": 1}', '{"b": "x"}']), message("tool", "r1"), message("tool", "r2"),
                message("assistant", "done"),
            ],
            "tools": [tool],
        },
        {
            "messages": [*asked, message("assistant", "Let me look.", ['{"a": 1}']), message("tool", "r"), message("assistant", "done")],
            "tools": [tool],
        },
        {"messages": [*asked, message("assistant", "a"), message("tool", "late")], "tools": None},
        {"messages": [message("assistant", "a"), message("user", "q")], "tools": None},
    ]


def read(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    return json.loads(text)


def write_rows(path, rows):
    """One row a line, so that a line names a row: row 0 is on line 2."""
    path.write_text("[\n" + ",\n".join(json.dumps(r, ensure_ascii=False) for r in rows) + "\n]\n", encoding="utf-8")


def write_data(folder, more):
    """The catalog and its rows; returns the names of the data sets."""
    folder.mkdir()
    catalog = dict(CATALOG)
    for name, rows in (("alpaca", alpaca()), ("sharegpt", sharegpt()), ("tools", tools()), ("openai", openai())):
        write_rows(folder / f"{name}.json", rows)
    if more:
        for name, entry in json.loads((more / "dataset_info.json").read_text(encoding="utf-8")).items():
            file = entry.get("file_name", "")
            media = set(entry.get("columns", {})) & {"images", "videos", "audios"}
            text = not media and not entry.get("ranking") and "kto_tag" not in entry.get("columns", {})
            if text and file.endswith((".json", ".jsonl")) and (more / file).exists() and "prompt" not in entry.get("columns", {}):
                rows = read(more / file)[:12]
                write_rows(folder / f"more_{name}.json", rows)
                catalog[f"more_{name}"] = {**entry, "file_name": f"more_{name}.json"}
    (folder / "dataset_info.json").write_text(json.dumps(catalog), encoding="utf-8")
    return list(catalog)


def write_models(folder, more):
    """Folders that stand for models: a tokenizer and a configuration. One knows the tokens that templates name."""
    folder.mkdir()
    sources = {"bytes": TOKENIZERS / "bytes", "pieces": TOKENIZERS / "pieces", "named": TOKENIZERS / "bytes"}
    if more:
        sources["more"] = more
    names = {slot["token"] for t in TEMPLATES.values() for f in vars(t).values() for slot in getattr(f, "slots", []) if "token" in slot and isinstance(slot, dict)}
    for name, source in sources.items():
        target = folder / name
        target.mkdir()
        for file in source.iterdir():
            if "tokenizer" in file.name or file.suffix == ".jinja" or file.name in ("vocab.json", "merges.txt"):
                (target / file.name).write_bytes(file.read_bytes())
        if name == "named":
            tokens = json.loads((target / "tokenizer.json").read_text(encoding="utf-8"))
            first = 1 + max([*tokens["model"]["vocab"].values(), *(t["id"] for t in tokens["added_tokens"])])
            for at, token in enumerate(sorted(names)):
                flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
                tokens["added_tokens"].append({"id": first + at, "content": token, **flags})
            (target / "tokenizer.json").write_text(json.dumps(tokens, ensure_ascii=False), encoding="utf-8")
        config = {
            "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 8, "intermediate_size": 16,
            "num_attention_heads": 2, "num_key_value_heads": 2, "num_hidden_layers": 1, "vocab_size": 200000,
            "max_position_embeddings": 4096, "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "tie_word_embeddings": True,
        }
        (target / "config.json").write_text(json.dumps(config))
    return list(sources)


def data_sets(names, mode):
    """Data from outside is longer; one mode is enough for it."""
    return [name for name in names if mode == "plain" or not name.startswith("more_")]


def cases(models, names, only):
    for template in sorted(REGISTERED):
        if only and template not in only:
            continue
        thinks = isinstance(REGISTERED[template], ReasoningTemplate)
        named = any(isinstance(s, dict) for f in vars(REGISTERED[template]).values() for s in getattr(f, "slots", []))
        for model in models:
            if named != (model == "named"):
                continue
            for mode, settings in MODES.items():
                if settings.get("train_on_prompt") and REGISTERED[template].efficient_eos or "think" in mode and not thinks:
                    continue
                if model not in ("bytes", "named") and mode not in ("plain", "cut33", "history"):
                    continue
                yield f"{template}.{model}.{mode}", template, model, settings, data_sets(names, mode)


def theirs(case, data, tokenizers):
    """Rows of LLaMA-Factory; None where it drops a row or stops on it, or a text where it stops before any."""
    _, template_name, model, settings, names = case
    tokenizer = copy.deepcopy(tokenizers[model])
    TEMPLATES.clear()
    TEMPLATES.update(copy.deepcopy({template_name: REGISTERED[template_name]}))
    arguments = DataArguments(
        template=template_name, dataset=",".join(names), dataset_dir=str(data), **{"cutoff_len": LENGTH, **settings}
    )
    template = get_template_and_fix_tokenizer(tokenizer, arguments)
    # Plugins for media ask for a model's processor even where a row has no media; then they change nothing.
    template.mm_plugin = get_mm_plugin(name="base")
    processor = SupervisedDatasetProcessor(template=template, tokenizer=tokenizer, processor=None, data_args=arguments)
    rows = []
    for attributes in get_dataset_list(names, str(data)):
        converter = get_dataset_converter(attributes.formatting, attributes, arguments)
        for number, raw in enumerate(read(data / attributes.dataset_name)):
            where = f"{attributes.dataset_name} {number}"
            try:
                aligned = converter(copy.deepcopy(raw))
                made = processor.preprocess_dataset({key: [value] for key, value in aligned.items()})
            except Exception as error:  # whatever stops it; a real run would end here
                rows.append((where, f"{type(error).__name__}: {error}"))
                continue
            for ids, labels in zip(made["input_ids"], made["labels"]):
                rows.append((where, (ids, labels)))
    return rows


def yaml_of(case, data, models, own):
    _, template, model, settings, names = case
    lines = {
        "model_name_or_path": str(models / model), "stage": "sft", "do_train": True, "finetuning_type": "lora",
        "dataset": ",".join(names), "dataset_dir": str(data), "template": template, "output_dir": str(models / "out"),
        "max_invalid_share": 1.0, "cutoff_len": LENGTH, **settings,
    }
    if not own:
        lines["compat"] = "llamafactory"
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in lines.items())


def our_rows(folder, output):
    classpath = (ROOT / "cli/target/classpath").read_text().strip()
    subprocess.run(
        ["java", "-Xss4m", "-Xmx2g", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp", classpath,
         str(ROOT / "parity/PreviewMany.java"), str(folder), str(output)],
        check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )
    return {result["name"]: result for result in map(json.loads, output.read_text(encoding="utf-8").splitlines())}


def place(where):
    """File and number of a row of ours."""
    file, _, line = where.rpartition(":")
    return f"{pathlib.Path(file).name} {int(line) - 2}"


def compare(expected, result):
    """Differences as (row, what) pairs, and how many rows are equal."""
    if "error" in result:
        return [("", "ours stops: " + result["error"])], 0
    # A row without a token, which no model takes, is the one that is left out under compatibility as well.
    wanted = collections.OrderedDict((where, row) for where, row in expected if not isinstance(row, str) and row[0])
    stopped = {where: row for where, row in expected if isinstance(row, str)}
    found = {place(row["where"]): (row["input_ids"], row["labels"]) for row in result["rows"]}
    differences, equal = [], 0
    for where, row in wanted.items():
        if where not in found:
            differences.append((where, "missing" if any(l != -100 for l in row[1]) else "missing, nothing learned"))
        elif found[where][0] != row[0]:
            differences.append((where, "ids"))
        elif found[where][1] != row[1]:
            differences.append((where, "labels"))
        else:
            equal += 1
    for where in found:
        if where not in wanted:
            differences.append((where, "theirs stops: " + stopped[where].split(":")[0] if where in stopped else "dropped by theirs"))
    if not differences and list(wanted) != list(found):
        differences.append(("", "order"))
    return differences, equal


def through_the_command_line(yamls, results):
    """The command line prints what the one virtual machine does."""
    for file in yamls:
        printed = subprocess.run(
            [str(ROOT / "finetune4j"), "preview", str(file), "--json", "--samples", "1000"],
            check=True, capture_output=True, text=True, encoding="utf-8",
        ).stdout
        rows = [json.loads(line) for line in printed.splitlines()]
        wanted = [{k: r[k] for k in ("input_ids", "labels")} for r in results[file.stem]["rows"]]
        if rows != wanted:
            raise SystemExit(f"the command line prints other rows for {file.stem}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--own", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--tokenizer", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as temporary:
        work = options.keep or pathlib.Path(temporary)
        work.mkdir(exist_ok=True)
        data, models, settings = work / "data", work / "models", work / "settings"
        for old in (data, models, settings):
            shutil.rmtree(old, ignore_errors=True)
        names = write_data(data, options.data)
        only = options.only.split(",") if options.only else None
        every = list(cases(write_models(models, options.tokenizer), names, only))
        settings.mkdir()
        tokenizers = {}
        for model in {case[2] for case in every}:
            tokenizers[model] = AutoTokenizer.from_pretrained(str(models / model))
            config = json.loads((models / model / "tokenizer_config.json").read_text())
            # transformers 5 forgets this key where there is a tokenizer.json; the versions before it did not.
            tokenizers[model].add_bos_token = config.get("add_bos_token", False)
        kept = work / "theirs.json"
        expected = json.loads(kept.read_text()) if kept.exists() else {}
        for case in [c for c in every if c[0] not in expected]:
            try:
                expected[case[0]] = theirs(case, data, tokenizers)
            except Exception as error:
                print(f"{case[0]}: LLaMA-Factory cannot: {type(error).__name__}: {error}")
                continue
        kept.write_text(json.dumps(expected))
        every = [case for case in every if case[0] in expected]
        for case in every:
            (settings / f"{case[0]}.yaml").write_text(yaml_of(case, data, models, options.own), encoding="utf-8")
        results = our_rows(settings, work / "ours.jsonl")
        unexplained = report({case[0]: expected[case[0]] for case in every}, results, options.own, data)
        files = sorted(settings.glob("*.yaml"))
        sample = [f for f in files[:: max(1, len(files) // 6)] if "rows" in results[f.stem]]
        through_the_command_line(sample, results)
        print(f"{len(sample)} of them through the command line as well")
    sys.exit(1 if unexplained else 0)


def reason(name, where, what, data):
    """Why the library's own rendering differs: the sentence of docs/reference/differences.md; None for no known reason."""
    template, _, mode = name.rsplit(".", 2)
    registered = REGISTERED[template]
    settings = MODES[mode]
    file, _, row = where.partition(" ")
    row = int(row or -1)
    efficient = registered.efficient_eos
    llama2 = type(registered).__name__ == "Llama2Template"
    calls = file == "tools.json" and row < 7 or file == "openai.json" and row in (3, 4) or "tool" in file and file.startswith("more_")
    if what.endswith("nothing learned"):
        return "rows without a learned token are left out"
    if file == "openai.json" and row == 5:
        return "openai: results that no answer follows are reported"
    if file == "openai.json" and row in (0, 2):
        return "openai: nothing is added to the system text"
    if file == "openai.json" and row in (3, 4):
        return "openai: text beside calls is kept, arguments are objects, results stand as the template has them"
    if file == "alpaca.json" and row == 9:
        return "{{idx}} in a user's text is text"
    if file == "tools.json" and row == 11:
        return "tools that are not JSON are reported"
    if file == "tools.json" and row == 5:
        return "arguments inside a JSON text are read"
    if file == "tools.json" and row in (6, 8, 9) or file.startswith("more_") and read(data / file)[row].get("tools") == "[]":
        return "an empty tool list is no tools"
    if llama2 and file == "tools.json" and what.startswith("theirs stops"):
        return "the llama2 class takes thoughts and texts in front of calls"
    if llama2 and file == "sharegpt.json" and row in (4, 5):
        return "the llama2 class keeps a system text in front of a result"
    if calls and "tool_format" in settings:
        return "another tool format keeps the template's end mark"
    if calls and MALFORMED & {getattr(registered.format_function, "tool_format", "")}:
        return "calls are written as the prompt asks for"
    if efficient and settings.get("mask_history") and what == "labels":
        return "end tokens of a masked history are not learned"
    if efficient and ("cutoff_len" in settings or file.startswith("more_")):  # those are long
        return "a cut answer has no end token"
    return None


def report(expected, results, own, data):
    reasons, examples = collections.Counter(), {}
    equal = same = stops = 0
    for name, rows in expected.items():
        differences, count = compare(rows, results[name])
        equal += count
        same += not differences
        stops += sum(isinstance(row, str) for _, row in rows)
        for where, what in differences:
            key = own and reason(name, where, what, data) or f"UNEXPLAINED: {where or 'all rows'}: {what}"
            reasons[key] += 1
            examples.setdefault(key, []).append(name)
    for key, count in sorted(reasons.items(), key=lambda item: -item[1]):
        templates = sorted({n.rsplit(".", 2)[0] for n in examples[key]})
        modes = sorted({n.split(".")[-1] for n in examples[key]})
        print(f"{count:6} {key}: {len(templates)} templates ({', '.join(templates[:3])}), in {', '.join(modes[:4])}")
    print(f"{len(expected)} settings files, {len({n.rsplit('.', 2)[0] for n in expected})} templates: {same} equal in every row")
    print(f"{equal} rows equal in ids and labels, {sum(reasons.values())} differ; LLaMA-Factory stops on {stops} rows")
    return any(key.startswith("UNEXPLAINED") for key in reasons)


if __name__ == "__main__":
    main()
