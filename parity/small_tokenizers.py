"""Makes four small tokenizers on generated text, one of each kind that models use, for the tests of the data module.

    python parity/small_tokenizers.py

bytes: byte-level BPE with Qwen's splitting and special tokens. pieces: BPE over characters with byte fallback and a
leading blank, as Llama 2's. unigram: a unigram model with blanks as part of words. wordpiece: words and their ends, in lower
case and without accents, as BERT's. Writes
data/src/test/resources/tokenizers/<name>/ and golden/tokens.json with the ids that transformers gives a mixed corpus.
"""

import collections
import json
import math
import random
import re

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
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
    # Emoji: families and professions joined without width, tones, keycaps, flags of regions and of nations by tags.
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f469\U0001f3fd\u200d\U0001f4bb \U0001f3f3\ufe0f\u200d\U0001f308 1\ufe0f\u20e3 #\ufe0f\u20e3",
    "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7\U0001f1e7 \U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f \U0001f44d\U0001f3ff",
    "\U0001f600" * 30,
    # Beyond the first plane: letters of mathematics, Gothic, cuneiform, the last code point of all.
    "\U0001d538\U0001d7d8 \U00010330\U00010331 \U00012000 \U00020000\U0002a6d6 \U0010ffff",
    # The same letters composed and taken apart, marks in both orders, more marks than letters, Hangul, Vietnamese.
    "\u00c5ngstr\u00f6m A\u030angstro\u0308m \u212bngstr\u00f6m, a\u0323\u0302 a\u0302\u0323 \u1ead",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035aA\u0321\u030a\u0360 \ud55c\uad6d\uc5b4 \u1112\u1161\u11ab",
    "Ti\u1ebfng Vi\u1ec7t Tie\u0302\u0301ng Vie\u0323\u0302t",
    "\ufb01ne \u2460 \u00bd \uff21\uff22\uff23 \u33a1 \u01c4 \u00df \u1e9e \u0130\u0131 \u03a3\u03c2",
    # Scripts: Japanese in four ways, Chinese in both, Thai and Lao without blanks, Devanagari with joiners, Arabic with marks.
    "\u6771\u4eac\u306f\u65e5\u672c\u306e\u9996\u90fd\u3067\u3059\u3002\u30ab\u30bf\u30ab\u30ca\u3001\uff76\uff9e \u7e41\u9ad4\u5b57 \u7b80\u4f53\u5b57\u3000\u5168\u89d2",
    "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01 \u0e01\u0e33\u0e25\u0e31\u0e07\u0e44\u0e1b \u0eaa\u0eb0\u0e9a\u0eb2\u0e8d\u0e94\u0eb5",
    "\u0928\u092e\u0938\u094d\u0924\u0947 \u0915\u094d\u200d\u0937 \u0b95\u0bca \u1019\u103c\u1014\u103a\u1019\u102c",
    "\u0627\u0644\u0633\u0651\u0644\u0627\u0645\u064f \u0639\u0644\u064a\u0643\u0645 \u200f(123)\u200e \ufef7 \u06f1\u06f2\u06f3 \u202bright\u202c \u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd",
    # White space of all kinds, in runs and at the ends.
    "a" + " " * 7 + "b" + " " * 33 + "c\t\t\td \t \t e   ",
    "\r\n\r\none\r\n\r\n\r\ntwo\rthree\n\r\nfour\n \n  \n",
    "\u00a0a\u00a0\u00a0b\u2007c\u202fd\u2009e\u3000f\u1680g\u2028h\u2029i\u0085j\x0bk\x0cl",
    "zero\u200bwidth\u200cnon\u200djoiner\u2060word\u00adsoft\ufeffmark",
    " \n \n", "\t", "    ", " a", "a ", "\n\na",
    # Control characters, the zero among them, private letters, what stands for the unreadable, and what is no letter at all.
    "".join(map(chr, range(1, 32))) + "\x7f" + "".join(map(chr, range(128, 160))),
    "nul\x00inside\x00", "\ue000\uf8ff \ufffd\ufffc \ufdd0 \uffff \ufffe",
    # Code.
    "\tif (a != b) {\n\t\treturn a<<2 >>> b; // \u00fc\n\t}\n",
    "for i in range(10):\n    for j in range(i):\n        x[i][j] += f\"{i!r:>{j}}\"\n\n\n",
    "SELECT `a`.\"b\" FROM t WHERE x='it''s' AND y<>0;--\n<p class=\"x\">&nbsp;&#39;</p>\\n\\u0041",
    "https://example.org/a_b-c?d=%20&e=f#g user@example.org C:\\dir\\file.txt ../x/*.py $HOME ~",
    "camelCaseWord snake_case_word SCREAMING_CASE kebab-case-word XMLHttpRequest2 _x __init__",
    # Digits and numbers.
    "7", "0", "12 345 6789 00001 1e-5 0x1F 3.141592653589793 \u00b2\u00b3 \u2167 \u0664\u0662 \uff11\uff12 1\u00a0000",
    # Texts of special tokens and what looks like them.
    "<|im_end|><|im_end|> <|im_end|>x<|endoftext|>", "<|im_end |> <| im_end|> <|IM_END|> <|im_end|", "</s><s> <unk><pad> <bos>a<eos>",
    "<0x41><0x0A> <0xZZ> \u2581a \u2581\u2581 ##ing [CLS][SEP] [MASK] [UNK]",
    # Words without an end, and repetition.
    "x" * 3000, "Donaudampfschifffahrtselektrizit\u00e4tenhauptbetriebswerkbauunterbeamtengesellschaft", "ab" * 700, "\u6f22" * 200,
    "!" * 50 + "?!" * 25 + "..." + "-" * 80, "'' ``' 's 'S 'll 'LL '\u017f it\u2019s \u201cq\u201d \u00abr\u00bb",
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


def wordpiece():
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    single = sorted({c for line in text() for c in line.lower() if not c.isspace()})
    counts = collections.Counter(re.sub(r"\W", " ", " ".join(text()).lower()).split())
    words = sorted((w for w in counts if len(w) > 1), key=lambda w: (-counts[w], w))[:150]
    ends = sorted({"##" + w[i:] for w in words for i in range(1, len(w)) if w[i:].isalnum() and len(w) - i <= 3})
    vocabulary = special + single + ["##" + c for c in single if c.isalnum()] + words
    vocabulary += [end for end in ends if end not in vocabulary]
    tokenizer = Tokenizer(models.WordPiece({w: i for i, w in enumerate(vocabulary)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens([AddedToken(t, normalized=False, special=True) for t in special])
    return tokenizer, {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]"}


def write(name, tokenizer, names):
    folder = ROOT / "tokenizers" / name
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 4096, **names}
    golden.write_json(folder / "tokenizer_config.json", config)
    return folder


def main():
    sheet = {
        "what": "ids without special tokens, and the text they decode to with special tokens kept and (readable) left out",
        "made_by": "parity/small_tokenizers.py",
        "versions": golden.versions("tokenizers", "transformers"),
        "texts": CORPUS,
        "tokenizers": {},
    }
    for name, build in (("bytes", bytes_bpe), ("pieces", pieces_bpe), ("unigram", unigram), ("wordpiece", wordpiece)):
        reference = AutoTokenizer.from_pretrained(str(write(name, *build())))
        ids = [reference.encode(t, add_special_tokens=False) for t in CORPUS]
        sheet["tokenizers"][name] = {
            "ids": ids,
            "decoded": [reference.decode(i, skip_special_tokens=False, clean_up_tokenization_spaces=False) for i in ids],
            "readable": [reference.decode(i, skip_special_tokens=True, clean_up_tokenization_spaces=False) for i in ids],
            "size": len(reference),
        }
    golden.write_json(ROOT / "golden" / "tokens.json", sheet)


if __name__ == "__main__":
    main()
