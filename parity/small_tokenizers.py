"""Makes three small tokenizers on generated text, one of each kind that models use, for the tests of the data module.

    python parity/small_tokenizers.py

bytes: byte-level BPE with Qwen's splitting and special tokens. pieces: BPE over characters with byte fallback and a
leading blank, as Llama 2's. unigram: a unigram model with blanks as part of words. Writes
data/src/test/resources/tokenizers/<name>/ and golden/tokens.json with the ids that transformers gives a mixed corpus.
"""

import collections
import json
import math
import random

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import AutoTokenizer

import golden

ROOT = golden.ROOT / "data/src/test/resources"
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
CHAT = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
CORPUS = [
    "The quick brown fox jumps over the lazy dog.",
    "  two blanks in front, and behind  ",
    "line one\nline two\r\nline three\n\n\nfour",
    "tabs\tand\u00a0no-break blanks\u2003too",
    "combining: e\u0301 a\u0308 n\u0303 and composed: \u00e9 \u00e4 \u00f1",
    "emoji \U0001f600 \U0001f469\u200d\U0001f680 \U0001f1e9\U0001f1ea and \u2764\ufe0f",
    "\u4f60\u597d\uff0c\u4e16\u754c\u3002 \u041a\u0438\u0457\u0432 \u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd",
    "def f(x):\n    return x**2 + 3.14e-5  # comment\n",
    '{"name": "f", "arguments": {"a": [1, 2, 3], "b": null}}',
    "special <|im_end|> inside text and <s>bos</s> too",
    "don't we'll I'VE they'd",
    "1234567890 0.5 1,000,000 2024-01-31",
    "a",
    " ",
    "\n",
    "",
    "\u200b\ufeffzero width",
    "x" * 40,
    "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
]


def text():
    """A few hundred sentences with words of several scripts, always the same."""
    draw = random.Random(7)
    nouns = "river castle lantern garden engine violin compass harbor planet forest bridge camera mountain".split()
    verbs = "lifts follows crosses guards borrows paints measures discovers carries opens".split()
    kinds = "quiet golden frozen narrow gentle crowded ancient curious heavy bright".split()
    places = "near Oslo,in March 1911,behind S\u00e3o-Paulo,\u0432 \u041a\u0438\u0435\u0432\u0435,\u5728\u4e2d\u56fd,for 3.5 hours".split(",")
    for _ in range(600):
        first, second = draw.sample(nouns, 2)
        line = f"The {draw.choice(kinds)} {first} {draw.choice(verbs)} the {draw.choice(kinds)} {second}"
        yield line + (" " + draw.choice(places) if draw.random() < 0.4 else "") + draw.choice([".", "!", "?\n"])
    for i in range(100):
        yield f"What is {i} plus {3 * i}? {i} + {3 * i} = {4 * i}.\n- user, assistant, system; \"answer\": {{'a': {i}}}"


def bytes_bpe():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=700, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(text(), trainer)
    tokenizer.add_special_tokens([AddedToken(t, normalized=False, special=True) for t in CHAT])
    return tokenizer, {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "bos_token": None, "unk_token": None}


def pieces_bpe():
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    special = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=800, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(text(), trainer)
    spec = json.loads(tokenizer.to_str())
    spec["added_tokens"] = [t for t in spec["added_tokens"] if not t["content"].startswith("<0x")]
    names = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": None, "add_bos_token": True}
    return Tokenizer.from_str(json.dumps(spec)), names


def pieces_by_worth(most):
    """Substrings of words with their log frequency: single characters, then the longest and most frequent.

    The library's own unigram trainer gives another model at each run.
    """
    counts = collections.Counter()
    for line in text():
        for word in line.split():
            word = "\u2581" + word
            counts.update(word[i:j] for i in range(len(word)) for j in range(i + 1, min(len(word), i + 9) + 1))
    single = sorted(c for c in counts if len(c) == 1)
    worth = sorted((c for c in counts if len(c) > 1), key=lambda c: (-counts[c] * (len(c) - 1), c))
    total = sum(counts.values())
    return [(c, round(math.log(counts[c] / total), 6)) for c in single + worth[: most - len(single)]]


def unigram():
    special = ["<pad>", "<eos>", "<bos>", "<unk>"]
    vocabulary = [(token, 0.0) for token in special] + pieces_by_worth(496)
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="\u2581", prepend_scheme="always")
    tokenizer.add_special_tokens([AddedToken(t, normalized=False, special=True) for t in special])
    return tokenizer, {"bos_token": "<bos>", "eos_token": "<eos>", "unk_token": "<unk>", "pad_token": "<pad>"}


def write(name, tokenizer, names):
    folder = ROOT / "tokenizers" / name
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 4096, **names}
    golden.write_json(folder / "tokenizer_config.json", config)
    return folder


def main():
    sheet = {
        "what": "ids without special tokens, and the text they decode to with special tokens kept",
        "made_by": "parity/small_tokenizers.py",
        "versions": golden.versions("tokenizers", "transformers"),
        "texts": CORPUS,
        "tokenizers": {},
    }
    for name, build in (("bytes", bytes_bpe), ("pieces", pieces_bpe), ("unigram", unigram)):
        reference = AutoTokenizer.from_pretrained(str(write(name, *build())))
        ids = [reference.encode(t, add_special_tokens=False) for t in CORPUS]
        sheet["tokenizers"][name] = {
            "ids": ids,
            "decoded": [reference.decode(i, skip_special_tokens=False, clean_up_tokenization_spaces=False) for i in ids],
            "size": len(reference),
        }
    golden.write_json(ROOT / "golden" / "tokens.json", sheet)


if __name__ == "__main__":
    main()
