"""Writes the chat templates of the data module as YAML, one file a family, from a description in JSON.

    python3 parity/templates.py TEMPLATES_JSON TOOL_FORMATS_JSON [RESOURCES]

TEMPLATES_JSON is a list of objects, one a template: name, template_class, format_prefix, format_system, format_user,
format_assistant, format_observation (lists of slots), format_function and format_tools (with their tool_format),
default_system, stop_words, thought_words, tool_call_words, efficient_eos, replace_eos, replace_jinja_template,
mm_plugin. A slot is {"text": ...}, {"token": ...} or {"special": "bos_token" | "eos_token"}. TOOL_FORMATS_JSON is a list
of tool formats, whose prompts become text files. RESOURCES is the folder that the files are written under; without it,
data/src/main/resources of this repository. What equals the default of the loader is left out of the YAML.

The golden renderings inside the description go to the test resources, for the templates that are written.
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONTENT = [{"text": "{{content}}"}]
EOS = {"special": "eos_token"}
THOUGHT = ["<think>\n", "\n</think>\n\n"]
CALLS = ["<tool_call>", "</tool_call>"]
FAMILIES = {
    "deepseekr1": "deepseek", "deepseekcoder": "deepseek", "glmz1": "glm", "video_llava": "llava",
    "chatml_de": "generic", "alpaca": "generic", "chatml": "generic", "default": "generic", "empty": "generic",
    "fewshot": "generic", "vicuna": "generic", "index": "index_model", "openchat-3.6": "openchat",
}


# What stands between two results of one turn: the end of one and the start of the next, as in the models' own templates.
# Templates that write results as a user's message get a line feed, which is the loader's default.
BETWEEN_RESULTS = {
    "<role>OBSERVATION</role>{{content}}<role>ASSISTANT</role>": "<role>OBSERVATION</role>",
    "<|observation|>\n{{content}}<|assistant|>": "<|observation|>\n",
    "<|im_start|>tool\n{{content}}<|im_end|>\n<|im_start|>assistant\n": "<|im_end|>\n<|im_start|>tool\n",
    "<|im_start|>tool\n{{content}}<|im_end|>\n\n<|im_start|>assistant\n": "<|im_end|>\n\n<|im_start|>tool\n",
    "<start_of_turn>tool\n{{content}}<end_of_turn>\n<start_of_turn>model\n": "<end_of_turn>\n<start_of_turn>tool\n",
    "<|turn>tool\n{{content}}<turn|>\n<|turn>model\n": "<turn|>\n<|turn>tool\n",
    "<|start_of_role|>tool<|end_of_role|>{{content}}<|end_of_text|>\n<|start_of_role|>assistant\n":
        "<|end_of_text|>\n<|start_of_role|>tool<|end_of_role|>",
    "<|im_start|>tool\n<|tool_response_start|>{{content}}<|tool_response_end|><|im_end|>\n<|im_start|>assistant\n":
        "<|tool_response_end|><|im_end|>\n<|im_start|>tool\n<|tool_response_start|>",
    "<|start_header_id|>ipython<|end_header_id|>\n\n{{content}}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n":
        "<|eot_id|><|start_header_id|>ipython<|end_header_id|>\n\n",
    "<|header_start|>ipython<|header_end|>\n\n{{content}}<|eot|><|header_start|>assistant<|header_end|>\n\n":
        "<|eot|><|header_start|>ipython<|header_end|>\n\n",
    "[TOOL_RESULTS] {\"content\": {{content}}}[/TOOL_RESULTS]": "}[/TOOL_RESULTS][TOOL_RESULTS] {\"content\": ",
    "[TOOL_RESULTS]{\"content\": {{content}}}[/TOOL_RESULTS]": "}[/TOOL_RESULTS][TOOL_RESULTS]{\"content\": ",
    "<beginning_of_sentence>tool name=tools\n{{content}}<end_of_sentence>\n<beginning_of_sentence>ai name=assistant\n":
        "<end_of_sentence>\n<beginning_of_sentence>tool name=tools\n",
    "]~b]tool\n<response>{{content}}</response>[e~[\n]~b]ai\n": "</response>\n<response>",
}


def between_results(t):
    """None where a line feed does."""
    text = "".join(p.get("text") or p.get("token") or "" for p in t["format_observation"])
    if "<tool_response>\n{{content}}\n</tool_response>" in text:
        return "\n</tool_response>\n<tool_response>\n"
    if text not in BETWEEN_RESULTS and t["format_observation"] != t["format_user"]:
        raise SystemExit(f"{t['name']}: what stands between two results of {text!r}?")
    return BETWEEN_RESULTS.get(text)


def family(name):
    """Templates of one model family share a file: their names start alike."""
    if name in FAMILIES:
        return FAMILIES[name]
    return re.match(r"[a-z]+", name).group(0)


def quote(text):
    """A double-quoted YAML scalar; JSON's escapes are valid ones."""
    return json.dumps(text, ensure_ascii=False).replace("\u2028", "\\u2028")


def slot(piece):
    if "text" in piece:
        return quote(piece["text"])
    if "token" in piece:
        return "{token: %s}" % quote(piece["token"])
    return "{special: %s}" % piece["special"].removesuffix("_token")


def slots(pieces):
    return "[" + ", ".join(slot(p) for p in pieces) + "]"


def words(values):
    return "[" + ", ".join(quote(v) for v in values) + "]"


def entry(t):
    """Lines of one template; fields in a fixed order."""
    yield "- name: " + quote(t["name"])
    if t["template_class"] != "plain":
        yield "  kind: " + t["template_class"]
    default_answer = CONTENT if t["efficient_eos"] else CONTENT + [EOS]
    if t["format_prefix"]:
        yield "  prefix: " + slots(t["format_prefix"])
    if t["format_system"] != CONTENT:
        yield "  system: " + slots(t["format_system"])
    if t["format_user"] != CONTENT:
        yield "  user: " + slots(t["format_user"])
    if t["format_assistant"] != default_answer:
        yield "  assistant: " + slots(t["format_assistant"])
    if t["format_observation"] != t["format_user"]:
        yield "  observation: " + slots(t["format_observation"])
    if between_results(t) is not None:
        yield "  between_results: " + quote(between_results(t))
    if t["format_function"]["slots"] != t["format_assistant"]:
        yield "  function: " + slots(t["format_function"]["slots"])
    tools = t["format_tools"]
    calls = t["format_function"]["tool_format"]
    if tools["kind"] == "string_formatter":
        yield "  tools: " + slots(tools["slots"])
    elif tools["tool_format"] != calls:
        raise SystemExit(f"{t['name']}: tools in {tools['tool_format']}, calls in {calls}")
    if calls != "default":
        yield "  tool_format: " + quote(calls)
    if t["default_system"]:
        yield "  default_system: " + quote(t["default_system"])
    if t["stop_words"]:
        yield "  stop_words: " + words(t["stop_words"])
    if list(t["thought_words"]) != THOUGHT:
        yield "  thought_words: " + words(t["thought_words"])
    if list(t["tool_call_words"]) != CALLS:
        yield "  tool_call_words: " + words(t["tool_call_words"])
    for flag in ("efficient_eos", "replace_eos", "replace_jinja_template"):
        if t[flag]:
            yield f"  {flag}: true"
    if t["enable_thinking"] is not True or t["preserve_thinking"]:
        raise SystemExit(f"{t['name']}: the loader expects the default for thinking")
    if t["mm_plugin"]["name"] != "base":
        yield "  media_plugin: " + quote(t["mm_plugin"]["name"])


def write_templates(templates, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.yaml"):
        old.unlink()
    files = {}
    for t in templates:
        files.setdefault(family(t["name"]), []).append(t)
    for name, members in sorted(files.items()):
        lines = [line for t in members for line in [*entry(t), ""]]
        (folder / f"{name}.yaml").write_text("\n".join(lines).rstrip("\n") + "\n", encoding="utf-8")
    index = {t["name"]: family(t["name"]) for t in templates}
    text = "# Template names, each with the file that holds it.\n"
    text += "".join(f"{quote(name)}: {quote(file)}\n" for name, file in sorted(index.items()))
    (folder / "index.yaml").write_text(text, encoding="utf-8")


def write_prompts(formats, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for f in formats:
        parts = [p.get("text", "{{%s}}" % p.get("var")) for p in f["tools"]["prompt"]]
        if parts != ["{{tool_text}}"]:
            (folder / f"{f['name']}.txt").write_text("".join(parts), encoding="utf-8")


def write_golden(templates, formats, folder):
    folder.mkdir(parents=True, exist_ok=True)
    keys = ("pieces_default_system", "pairs_system_SYS", "pairs_tools", "jinja", "ollama_template")
    golden = [{"name": t["name"], **{k: t["golden"][k] for k in keys}} for t in templates]
    dump(folder / "templates.json", golden)
    dump(folder / "tool_formats.json", [{"name": f["name"], **f["golden"]} for f in formats])


def dump(path, value):
    lines = ",\n".join(json.dumps(v, ensure_ascii=False) for v in value)
    path.write_text("[\n" + lines + "\n]\n", encoding="utf-8")


def main():
    templates = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    formats = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    resources = Path(sys.argv[3]) if len(sys.argv) > 3 else ROOT / "data/src/main/resources"
    write_templates(templates, resources / "templates")
    write_prompts(formats, resources / "tools")
    write_golden(templates, formats, resources.parent.parent / "test/resources/golden")


if __name__ == "__main__":
    main()
