"""What Transformers' own renderer makes of our chat templates and snippets.

Reads  data/.../golden/jinja/chats/*.jinja and snippets.txt, written by hand,
writes data/.../golden/jinja/chats.json, snippets.json and inputs.json.

An expectation is [text, spans] with the parts that the model writes as pairs of code points, or {"error": kind}. The clock
behind strftime_now stands still.
"""

import datetime
import json

import golden
from transformers.utils import chat_template_utils as chats

FOLDER = golden.folder("data", "jinja")
NOW = datetime.datetime(2024, 7, 4, 15, 9, 26)

WEATHER = {"type": "function", "function": {
    "name": "weather", "description": "The weather of a place, now.",
    "parameters": {"type": "object", "properties": {
        "place": {"type": "string", "description": "A town & its country"},
        "days": {"type": "integer", "description": "How many", "default": 3},
        "units": {"type": "string", "enum": ["metric", "us"]},
        "parts": {"type": "array", "items": {"type": "string"}}}, "required": ["place"]}}}
CLOCK = {"type": "function", "function": {
    "name": "clock", "description": "What time it is — \"now\"", "parameters": {
        "type": "object", "properties": {}, "required": []}}}


def call(name, arguments, identity):
    return {"id": identity, "type": "function", "function": {"name": name, "arguments": arguments}}


def user(text):
    return {"role": "user", "content": text}


def assistant(text, **more):
    return {"role": "assistant", "content": text, **more}


def system(text):
    return {"role": "system", "content": text}


CONVERSATIONS = {
    "simple": {"messages": [user("Hello!"), assistant("Hi. What can I do?")]},
    "question": {"messages": [user("  What is 2 + 2?\n")], "add_generation_prompt": True},
    "system": {"messages": [system("Be {{ kind }} & <b>brief</b>."), user("{% if x %} say {{ x }} 'now' {% endif %}"),
                            assistant("\"x\" é 😀 ")]},
    "turns": {"messages": [user("one"), assistant("1"), user("two"), assistant("2\n\n2"), user("three")],
              "add_generation_prompt": True},
    "thoughts": {"messages": [user("Why?"), assistant("<think>\nold thought\n</think>\n\nBecause."), user("And?"),
                              assistant("<think>\nnew thought\n</think>\n\nSo.")], "enable_thinking": True},
    "reasoning": {"messages": [system("S"), user("Why?"), assistant("Because.", reasoning_content="hm\nhm"),
                               user("Then?"), assistant("So.", reasoning_content="aha")],
                  "enable_thinking": False, "add_generation_prompt": True, "thinking": True},
    "tools": {"messages": [user("Weather in Köln?"),
                           assistant("", tool_calls=[call("weather", {"place": "Köln", "days": 2}, "abcdefghi")]),
                           {"role": "tool", "name": "weather", "tool_call_id": "abcdefghi", "content": "rain"},
                           assistant("It rains.")], "tools": [WEATHER, CLOCK]},
    "parallel": {"messages": [system("Use tools."), user("Time and weather?"),
                              assistant(None, tool_calls=[call("weather", {"place": "Rome", "parts": ["a", "b"],
                                                                           "deep": {"x": [1, 2.5, None, True]}}, "call_0001"),
                                                          call("clock", {}, "call_0002")]),
                              {"role": "tool", "tool_call_id": "call_0001", "content": "{\"sky\": \"clear\"}"},
                              {"role": "tool", "tool_call_id": "call_0002", "content": "12:00"}],
                 "tools": [WEATHER, CLOCK], "add_generation_prompt": True},
    "media": {"messages": [user([{"type": "image"}, {"type": "text", "text": "What is it?"}]),
                           assistant([{"type": "text", "text": "A cat."}]),
                           user([{"type": "text", "text": "And "}, {"type": "image", "url": "x"},
                                 {"type": "text", "text": " this?"}])], "add_generation_prompt": True, "add_vision_id": True},
    "wrong_order": {"messages": [assistant("I begin."), user("No."), user("I do.")]},
    "stray_tool": {"messages": [user("x"), {"role": "tool", "content": "y"}]},
    "empty": {"messages": []},
    "documents": {"messages": [user("What do they say?")], "documents": [{"doc_id": 1, "title": "T", "text": "One."},
                                                                        {"doc_id": 2, "title": "U", "text": "Two."}],
                  "controls": {"citations": True}, "add_generation_prompt": True},
}
COMMON = {"bos_token": "<s>", "eos_token": "</s>", "tools": None, "documents": None, "add_generation_prompt": False}

SNIPPET_INPUT = {
    "s": "Hello, World", "n": 7, "f": 2.5, "t": True, "nothing": None, "big": 12345678901234567890,
    "d": {"b": 1, "a": 2}, "items": [3, 1, 2], "names": ["b", "A", "c"], "empty": [], "emoji": "a😀b",
    "html": "<a href='x'>&\"</a>", "nested": {"x": {"y": [10, 20, 30]}},
    "long": "The quick brown fox jumps over the lazy dog, and then it sleeps for a very-long-time indeed.",
    "people": [{"name": "Ann", "age": 30, "city": "X"}, {"name": "bob", "age": 20, "city": "y"},
               {"name": "Cid", "age": 40, "city": "X"}],
    "tree": [{"v": 1, "c": [{"v": 2, "c": []}, {"v": 3, "c": [{"v": 4, "c": []}]}]}, {"v": 5, "c": []}],
    "messages": [user("q1"), assistant("a1"), user("q2")],
}


def render(template, variables):
    """The text and the spans, or what went wrong."""
    try:
        compiled = chats._compile_jinja_template(template)
        compiled.environment.globals["strftime_now"] = lambda form: NOW.strftime(form)
        blocks, spans = [], []
        with compiled.environment.activate_tracker(blocks, spans):
            for block in compiled.generate(**variables):
                blocks.append(block)
        return ["".join(blocks), [list(span) for span in spans]]
    except Exception as error:  # whatever it is, ours must fail, too
        return {"error": type(error).__name__}


def main():
    inputs = {name: {**COMMON, **given} for name, given in CONVERSATIONS.items()}
    golden.write_json(FOLDER / "inputs.json", {"snippets": SNIPPET_INPUT, "chats": inputs})
    expected = {}
    for path in sorted((FOLDER / "chats").glob("*.jinja")):
        template = path.read_text(encoding="utf-8")
        expected[path.stem] = {name: render(template, given) for name, given in inputs.items()}
    golden.write_json(FOLDER / "chats.json", {"versions": golden.versions("transformers", "jinja2"), "chats": expected})
    snippets = (FOLDER / "snippets.txt").read_text(encoding="utf-8").split("\n=====\n")
    golden.write_json(FOLDER / "snippets.json", [render(snippet, SNIPPET_INPUT) for snippet in snippets])
    for name, results in expected.items():
        failed = [key for key, result in results.items() if isinstance(result, dict)]
        print(f"{name}: {len(results) - len(failed)} rendered, raises on {failed}")


if __name__ == "__main__":
    main()
