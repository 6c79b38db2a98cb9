"""Opens with transformers what this library made of a model without a tokenizer.json, and compares ids and chat template.

    python parity/opens_rebuilt.py CLASSPATH_FILE SOURCE REFERENCE [DATA.json ...]

SOURCE is a folder or a GGUF file, REFERENCE a folder whose tokenizer gives the ids that are due. Encoded are the mixed corpus of
small_tokenizers.py and every text of the data files. Prints one line for each kind of text and each difference's text; ends with
1 where this library and transformers, on the saved files, do not give the same ids for every text.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from transformers import AutoTokenizer, PreTrainedTokenizerFast

from small_tokenizers import CORPUS

HERE = pathlib.Path(__file__).resolve().parent


def texts_of(value):
    """Every text in a JSON value."""
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for part in parts for text in texts_of(part)]


def main():
    classpath, source, reference, *data = sys.argv[1:]
    groups = {"mixed corpus": CORPUS}
    for name in data:
        groups[pathlib.Path(name).name] = texts_of(json.loads(pathlib.Path(name).read_text()))
    everything = [text for group in groups.values() for text in group]
    with tempfile.TemporaryDirectory() as out:
        texts = pathlib.Path(out, "texts.json")
        texts.write_text(json.dumps(everything))
        program = ["java", "-cp", pathlib.Path(classpath).read_text().strip(), str(HERE / "RebuildTokenizer.java")]
        subprocess.run([*program, source, out, str(texts)], check=True)
        ours = json.loads(pathlib.Path(out, "ids.json").read_text())
        saved = AutoTokenizer.from_pretrained(out)
    # By the file alone: transformers 5 builds some classes anew, without the file's rule for words.
    due = PreTrainedTokenizerFast(tokenizer_file=str(pathlib.Path(reference, "tokenizer.json")))
    failed = 0
    at = 0
    for name, group in groups.items():
        unlike = [i for i in range(len(group)) if saved.encode(group[i], add_special_tokens=False) != ours[at + i]]
        other = [i for i in range(len(group)) if due.encode(group[i], add_special_tokens=False) != ours[at + i]]
        print(f"{name}: {len(group)} texts, {len(unlike)} unlike transformers on the saved files, {len(other)} unlike the reference")
        for i in other[:8]:
            print("   ", repr(group[i][:100]))
        failed += len(unlike)
        at += len(group)
    templates = [t.chat_template for t in (saved, AutoTokenizer.from_pretrained(reference))]
    print("chat template", "equal" if templates[0] == templates[1] else "differs", "| specials", saved.special_tokens_map)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
