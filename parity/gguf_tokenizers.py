"""What Transformers makes of the tokenizer of GGUF files, for the data module's tests of `compat: llamafactory`.

    python parity/gguf_tokenizers.py

Takes the two sets of tokenizer keys in golden/rebuilt.json (run rebuilt_tokenizers.py before), writes each into a GGUF file of
several architectures, lets AutoTokenizer open it, saves what comes out as LLaMA-Factory needs it, and opens that again. Writes
data/src/test/resources/golden/gguf_tokenizers.json: for each case the ids of the mixed corpus, special tokens, size.
"""

import json
import pathlib
import tempfile

import numpy as np
from gguf import GGUFWriter
from transformers import AutoConfig, AutoTokenizer

import golden
import small_tokenizers

ROOT = small_tokenizers.ROOT
CORPUS = small_tokenizers.CORPUS
# What makes a converted tokenizer differ from the metadata: another word rule, and a beginning that is not the end.
OTHER = {"pre": "smollm", "bos_token_id": 480}
ARCHITECTURES = ["llama", "qwen2", "qwen3moe", "gpt2", "starcoder2", "falcon", "stablelm"]
# Letters of control bytes, in no merge: SmolLM2's vocabulary lacks some as well.
HOLES = ["\u0104", "\u0106", "\u0107"]


def write(path, architecture, keys):
    writer = GGUFWriter(str(path), architecture)
    writer.add_block_count(1)
    writer.add_context_length(64)
    writer.add_embedding_length(8)
    writer.add_feed_forward_length(8)
    writer.add_head_count(2)
    writer.add_head_count_kv(1)
    writer.add_tokenizer_model(keys["model"])
    writer.add_tokenizer_pre(keys["pre"])
    writer.add_token_list(keys["tokens"])
    writer.add_token_types(keys["token_type"])
    lists = {"merges": writer.add_token_merges, "scores": writer.add_token_scores}
    ids = {
        "bos_token_id": writer.add_bos_token_id,
        "eos_token_id": writer.add_eos_token_id,
        "unknown_token_id": writer.add_unk_token_id,
        "padding_token_id": writer.add_pad_token_id,
    }
    for name, add in {**lists, **ids}.items():
        if name in keys:
            add(keys[name])
    writer.add_chat_template("{{ messages }}")
    writer.add_tensor("token_embd.weight", np.zeros((len(keys["tokens"]), 8), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def with_holes(keys):
    """Bytes that have no token, and a token that is unknown."""
    tokens = [f"<hole {token.encode().hex()}>" if token in HOLES else token for token in keys["tokens"]]
    return {**OTHER, "tokens": tokens, "unknown_token_id": keys["padding_token_id"]}


def converted(kind, architecture, keys, other):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write(folder / "x.gguf", architecture, {**keys[kind], **other})
        saved = folder / "saved"
        AutoConfig.from_pretrained(folder, gguf_file="x.gguf").save_pretrained(saved)
        AutoTokenizer.from_pretrained(folder, gguf_file="x.gguf").save_pretrained(saved)
        tokenizer = AutoTokenizer.from_pretrained(saved)
    return {
        "kind": kind,
        "architecture": architecture,
        "other": other,
        "size": len(tokenizer),
        "specials": {name: text for name, text in tokenizer.special_tokens_map.items() if isinstance(text, str)},
        "ids": [tokenizer.encode(text, add_special_tokens=False) for text in CORPUS],
    }


def main():
    keys = json.loads((ROOT / "golden" / "rebuilt.json").read_text())["gguf"]
    cases = {f"{name}_bytes": converted("bytes", name, keys, OTHER) for name in ARCHITECTURES}
    cases["llama_holes"] = converted("bytes", "llama", keys, with_holes(keys["bytes"]))
    cases["llama_pieces"] = converted("pieces", "llama", keys, {})
    sheet = {
        "what": "ids of the mixed corpus of small_tokenizers.py by the tokenizers that Transformers makes of GGUF files",
        "made_by": "parity/gguf_tokenizers.py",
        "versions": golden.versions("transformers", "tokenizers"),
        "cases": cases,
    }
    (ROOT / "golden" / "gguf_tokenizers.json").write_text(json.dumps(sheet, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
