"""Which rows `datasets` takes for a split with slices: bounds of every spec for splits of several lengths."""

import datasets

import golden

SPECS = [
    "train", "train[:10%]", "train[10%:]", "train[33%:66%]", "train[66%:]", "train[-10%:]", "train[:-10%]", "train[50%:51%]",
    "train[:5]", "train[5:]", "train[2:7]", "train[-5:]", "train[:-5]", "train[-7:-2]", "train[3:1]", "train[1_0:2_0]",
    "train[10%:20]", "train[:]", "train[:100%]", "train[:10%](pct1_dropremainder)", "train[45%:55%](closest)",
    "train[:10%]+train[-5:]", "train[:3] + train[:3]", "train+train[:1]",
]
WRONG = ["train[:10%](up)", "train[:101%]", "train[5]", "train[", "train[:1](closest)", "", "tr ain", "train[1.5%:]", "+train"]
LENGTHS = [0, 1, 5, 7, 10, 15, 50, 99, 100, 101, 250, 999, 12345]


def bounds(spec, length):
    try:
        return [[part.from_, part.to] for part in datasets.ReadInstruction.from_spec(spec).to_absolute({"train": length})]
    except ValueError as problem:
        return str(problem).split(":")[0][:20]


def refused(spec):
    try:
        datasets.ReadInstruction.from_spec(spec)
        return False
    except (ValueError, AssertionError):
        return True


golden.write_json(golden.folder("data") / "split_slices.json", {
    "versions": {"datasets": datasets.__version__},
    "bounds": {spec: {str(n): bounds(spec, n) for n in LENGTHS} for spec in SPECS},
    "refused": {spec: refused(spec) for spec in WRONG},
})
