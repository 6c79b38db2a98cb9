"""Text files with the corners of their kinds, and the rows that `datasets` reads from them, as LLaMA-Factory has them.

Columns hold texts only: `datasets` guesses types for the columns of a file, which this library does not.
"""

import tempfile

import datasets

import golden

datasets.disable_progress_bars()
FILES = {
    "quotes.csv": 'instruction,output\n"say ""hi""\nnow, please",\n"",b\nc,"d"\n',
    "windows.csv": "a,b\r\nx,y\r\n\r\nz,\r\n",
    "mark.csv": "\ufeffa,b\nx,é漢🙂\n",
    "spaces.csv": 'a, b\n x ,"y "\n',
    "noend.csv": "a\nx\ny",
    "array.json": '[{"t": "a\\nb", "u": null}, {"t": "é\\u00e9\\ud83d\\ude42", "u": "x"}]',
    "lines.json": '{"t": "a"}\n{"t": "b"}\n',
    "single.json": '{"t": "a", "m": [{"from": "human", "value": "x"}]}',
    "mark.json": '\ufeff[{"t": "a"}]',
    "blank.jsonl": '{"t": "a"}\n\n{"t": "b"}\n',
    "windows.jsonl": '{"t": "a"}\r\n{"t": "b"}\r\n',
    "noend.jsonl": '{"t": "a"}\n{"t": "b"}',
    "array.jsonl": '[{"t": "a"},\n {"t": "b"}]',
    "missing.jsonl": '{"t": "a"}\n{"u": "b"}\n',
    "lines.txt": "one\n\n two \nthree\n",
    "windows.txt": "one\r\n\r\ntwo\r\n",
    "noend.txt": "one\ntwo",
    "mark.txt": "\ufeffone\ntwo\n",
    "returns.txt": "a\rb\r\nc\r",
    "separators.txt": "a\u2028b\x0bc\x0cd\x85e\n",
}
BUILDERS = {"csv": "csv", "json": "json", "jsonl": "json", "txt": "text"}

folder = golden.fresh("data", "files")
expected = {}
for name, text in FILES.items():
    path = folder / name
    path.write_bytes(text.encode("utf-8"))
    with tempfile.TemporaryDirectory() as cache:
        try:
            rows = datasets.load_dataset(
                BUILDERS[name.split(".")[-1]], data_files=str(path), split="train", cache_dir=cache, keep_in_memory=True)
            expected[name] = rows.to_list()
        except Exception as problem:
            expected[name] = f"{type(problem).__name__}"
golden.write_json(folder / "expected.json", {"versions": {"datasets": datasets.__version__}, "rows": expected})
