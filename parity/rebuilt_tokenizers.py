"""Makes small tokenizers that have no tokenizer.json, and the ids that their own libraries give, for the data module's tests.

    python parity/rebuilt_tokenizers.py

SentencePiece models (byte-pair with byte fallback as Llama's, without a leading blank as Gemma's, unigram with NFKC), ranks of
byte sequences as tiktoken and Mistral's library read them, a vocabulary with merges, and the tokenizer keys of GGUF files that llama.cpp's
converter would write for the first and for the byte-level tokenizer of small_tokenizers.py, which must run before. Writes
data/src/test/resources/tokenizers/models/ and golden/rebuilt.json: for each case files, config, and the ids of the mixed corpus
by sentencepiece or tiktoken ("literal": no special tokens) and by transformers ("ids": with them; for "legacy" pieced together from sentencepiece, since
Transformers 5 leaves out the blank in front of text that begins with one).
"""

import base64
import io
import json
import pathlib
import re
import string
import tempfile
import unicodedata

import sentencepiece
import tiktoken
from transformers import AutoTokenizer

import golden
import small_tokenizers

ROOT = small_tokenizers.ROOT
MODELS = ROOT / "tokenizers" / "models"
CORPUS = small_tokenizers.CORPUS
ROLES = ["<|user|>", "<|assistant|>"]


def train(name, **settings):
    """A model trained on the sentences of small_tokenizers; one thread, so that a second run gives the same."""
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(list(small_tokenizers.text())),
        model_writer=out,
        num_threads=1,
        minloglevel=2,
        **settings,
    )
    MODELS.mkdir(parents=True, exist_ok=True)
    (MODELS / name).write_bytes(out.getvalue())
    return sentencepiece.SentencePieceProcessor(model_proto=out.getvalue())


def added(first, *tokens, **flags):
    """Entries of added_tokens_decoder from an id on."""
    plain = {"lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True}
    return {str(first + i): {"content": t, **plain, **flags} for i, t in enumerate(tokens)}


def special_ids(files, config, model_type):
    """Ids of the corpus by transformers, from a folder with these files."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for target, content in files.items():
            (folder / target).write_bytes(content)
        (folder / "tokenizer_config.json").write_text(json.dumps(config))
        (folder / "config.json").write_text(json.dumps({"model_type": model_type}))
        tokenizer = AutoTokenizer.from_pretrained(name)
        return [tokenizer.encode(t, add_special_tokens=False) for t in CORPUS]


def piece_by_piece(model, tokens):
    """Ids as SentencePiece gives them between special tokens, which is what `legacy` names; a token with rstrip eats blanks."""
    pattern = re.compile("|".join(f"({re.escape(text)}{tail})" for text, (_, tail) in tokens.items()))
    numbers = [number for number, _ in tokens.values()]
    found = []
    for text in CORPUS:
        ids, at = [], 0
        for match in pattern.finditer(text):
            ids += model.encode(text[at : match.start()]) + [numbers[match.lastindex - 1]]
            at = match.end()
        found.append(ids + model.encode(text[at:]))
    return found


def case(files, config, model_type, literal=None, by_transformers=True):
    contents = {target: (MODELS / file).read_bytes() for target, file in files.items()}
    found = {"files": files, "config": config, "model_type": model_type}
    if literal:
        found["literal"] = literal
    if by_transformers:
        found["ids"] = special_ids(contents, config, model_type)
    return found


def pieces(cases):
    common = {"character_coverage": 0.9995, "normalization_rule_name": "identity"}
    llama = train(
        "llama.model", model_type="bpe", vocab_size=700, byte_fallback=True, remove_extra_whitespaces=False,
        split_digits=True, allow_whitespace_only_pieces=True, **common)
    literal = [llama.encode(t) for t in CORPUS]
    files = {"tokenizer.model": "llama.model"}
    names = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "add_bos_token": True}
    more = added(len(llama), *ROLES) | added(len(llama) + 2, "<|end|>", rstrip=True)
    base = {"tokenizer_class": "LlamaTokenizer", "legacy": False, "added_tokens_decoder": more, **names}
    cases["llama"] = case(files, base, "llama", literal)
    cases["llama_legacy"] = case(files, {**base, "legacy": True}, "llama", literal, by_transformers=False)
    tokens = {"<unk>": (0, ""), "<s>": (1, ""), "</s>": (2, "")}
    tokens |= {"<|user|>": (700, ""), "<|assistant|>": (701, ""), "<|end|>": (702, r"\s*")}
    cases["llama_legacy"]["ids"] = piece_by_piece(llama, tokens)
    cases["llama_without_prefix"] = case(files, {**base, "add_prefix_space": False}, "llama")
    cases["llama_alone"] = case(files, {}, "internlm2", literal, by_transformers=False)
    gemma = train(
        "gemma.model", model_type="bpe", vocab_size=700, byte_fallback=True, remove_extra_whitespaces=False,
        add_dummy_prefix=False, split_digits=True, allow_whitespace_only_pieces=True,
        pad_id=0, eos_id=1, bos_id=2, unk_id=3, pad_piece="<pad>", eos_piece="<eos>", bos_piece="<bos>",
        control_symbols=["<start_of_turn>", "<end_of_turn>"], user_defined_symbols=["\n\n", "\n", "\t", "<h1>"], **common)
    names = {"tokenizer_class": "GemmaTokenizer", "bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>", "unk_token": "<unk>"}
    cases["gemma"] = case({"tokenizer.model": "gemma.model"}, names, "gemma", [gemma.encode(t) for t in CORPUS])
    unigram = train(
        "unigram.model", model_type="unigram", vocab_size=300, character_coverage=0.9995,
        normalization_rule_name="nmt_nfkc", pad_id=3)
    cases["unigram"] = case(
        {"spiece.model": "unigram.model"}, {}, "", [unigram.encode(t) for t in CORPUS], by_transformers=False)
    bytes_too = train(
        "unigram_bytes.model", model_type="unigram", vocab_size=600, character_coverage=0.9995, byte_fallback=True,
        normalization_rule_name="identity", remove_extra_whitespaces=False, required_chars=string.punctuation + string.ascii_letters)
    cases["unigram_bytes"] = case(
        {"tokenizer.model": "unigram_bytes.model"}, {}, "", [bytes_too.encode(t) for t in CORPUS], by_transformers=False)
    return llama, literal


def raw(letters):
    """The bytes of a byte-level token."""
    back = {letter: byte for byte, letter in small_tokenizers_bytes().items()}
    return bytes(back[c] for c in letters)


def small_tokenizers_bytes():
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [b for b in range(256) if b not in visible]
    return {b: chr(b) for b in visible} | {b: chr(256 + i) for i, b in enumerate(hidden)}


def byte_level(cases):
    spec = json.loads((ROOT / "tokenizers" / "bytes" / "tokenizer.json").read_text())
    vocabulary, merges = spec["model"]["vocab"], spec["model"]["merges"]
    vocabulary = {t: i for t, i in vocabulary.items() if t not in small_tokenizers.CHAT}
    first = len(vocabulary)
    ranks = {raw(t): i for t, i in vocabulary.items()}
    lines = [base64.b64encode(token) + f" {rank}\n".encode() for token, rank in sorted(ranks.items(), key=lambda x: x[1])]
    (MODELS / "ranks.tiktoken").write_bytes(b"".join(lines))
    (MODELS / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False))
    pairs = [m if isinstance(m, str) else " ".join(m) for m in merges]
    (MODELS / "merges.txt").write_text("#version: 0.2\n" + "\n".join(pairs) + "\n")
    special = {t: first + i for i, t in enumerate(small_tokenizers.CHAT)}
    encoding = tiktoken.Encoding("small", pat_str=small_tokenizers.SPLIT, mergeable_ranks=ranks, special_tokens=special)
    names = {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "added_tokens_decoder": added(first, *small_tokenizers.CHAT)}
    texts = [unicodedata.normalize("NFC", t) for t in CORPUS]
    cases["ranks"] = case({"qwen.tiktoken": "ranks.tiktoken"}, names, "qwen", [encoding.encode_ordinary(t) for t in texts], False)
    cases["ranks"]["ids"] = [encoding.encode(t, allowed_special="all") for t in texts]
    tekken(cases, sorted(ranks, key=ranks.get))
    files = {"vocab.json": "vocab.json", "merges.txt": "merges.txt"}
    cases["vocabulary"] = case(files, {"tokenizer_class": "Qwen2Tokenizer", **names}, "qwen2")
    chat = small_tokenizers.CHAT
    return {
        "model": "gpt2",
        "pre": "qwen2",
        "tokens": sorted(vocabulary, key=vocabulary.get) + chat + [f"[PAD{first + 3 + i}]" for i in range(5)],
        "token_type": [1] * first + [3] * 3 + [5] * 5,
        "merges": pairs,
        "eos_token_id": special["<|im_end|>"],
        "padding_token_id": special["<|endoftext|>"],
        "add_bos_token": False,
    }


def tekken(cases, sequences):
    """Mistral's form: eight special tokens, four of them named, and two sequences too many."""
    special = [("<unk>", True), ("<s>", True), ("</s>", True), ("<|user|>", False)]
    file = {
        "config": {
            "pattern": small_tokenizers.SPLIT,
            "default_num_special_tokens": 8,
            "default_vocab_size": len(sequences) + 6,
            "version": "v11",
        },
        "vocab": [{"rank": i, "token_bytes": base64.b64encode(s).decode(), "token_str": None} for i, s in enumerate(sequences)],
        "special_tokens": [{"rank": i, "token_str": t, "is_control": c} for i, (t, c) in enumerate(special)],
    }
    (MODELS / "tekken.json").write_text(json.dumps(file))
    kept = {s: i for i, s in enumerate(sequences[:-2])}
    encoding = tiktoken.Encoding("small", pat_str=small_tokenizers.SPLIT, mergeable_ranks=kept, special_tokens={})
    literal = [[i + 8 for i in encoding.encode_ordinary(t)] for t in CORPUS]
    cases["tekken"] = case({"tekken.json": "tekken.json"}, {}, "mistral", literal, by_transformers=False)


def gguf_pieces(model):
    kinds = [
        2 if model.is_unknown(i) else 3 if model.is_control(i) else 5 if model.is_unused(i) else 6 if model.is_byte(i) else 1
        for i in range(len(model))
    ]
    return {
        "model": "llama",
        "pre": "default",
        "tokens": [model.id_to_piece(i) for i in range(len(model))] + ROLES,
        "scores": [model.get_score(i) for i in range(len(model))] + [-1000.0] * 2,
        "token_type": kinds + [3, 4],
        "bos_token_id": 1,
        "eos_token_id": 2,
        "unknown_token_id": 0,
    }


def main():
    cases = {}
    llama, _ = pieces(cases)
    gguf = {"bytes": byte_level(cases), "pieces": gguf_pieces(llama)}
    sheet = {
        "what": "ids of the mixed corpus of small_tokenizers.py, by the libraries of tokenizers that have no tokenizer.json",
        "made_by": "parity/rebuilt_tokenizers.py",
        "versions": golden.versions("sentencepiece", "tiktoken", "transformers"),
        "cases": cases,
        "gguf": gguf,
    }
    (ROOT / "golden" / "rebuilt.json").write_text(json.dumps(sheet, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
