"""The order of rows under shuffling and the split of `val_size`. Writes data/src/test/resources/golden/shuffle.json.

usage: python parity/seed_shuffle.py
"""

import tempfile

import numpy as np
import torch
from datasets import Dataset, IterableDataset, interleave_datasets
from transformers import Trainer, TrainingArguments

import golden

ORDERS = [(rows, seed, None) for rows in (10, 57) for seed in (42, 7)] + [(10, 42, 7), (57, 7, 42)]
SPLITS = [(rows, size, seed) for rows in (57, 100) for size in (5, 0.1) for seed in (42,)] + [(10, 0.25, 42)]
# The third strategy of newer releases of datasets is checked by the worked examples in MixingTest.
STRATEGIES = ("first_exhausted", "all_exhausted")
EPOCHS, BATCH = 2, 4


class Recorder(torch.nn.Module):
    """A model that only notes which rows it is given."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(()))
        self.batches = []

    def forward(self, row):
        self.batches.append(row.tolist())
        return {"loss": self.weight * 0.0}


def trainer_batches(rows, seed, data_seed):
    """Batches that the trainer gives its model, epoch after epoch."""
    model = Recorder()
    with tempfile.TemporaryDirectory() as out:
        arguments = TrainingArguments(
            output_dir=out,
            seed=seed,
            data_seed=data_seed,
            num_train_epochs=EPOCHS,
            per_device_train_batch_size=BATCH,
            use_cpu=True,
            report_to="none",
            save_strategy="no",
            disable_tqdm=True,
        )
        data = [{"row": i} for i in range(rows)]
        Trainer(model, arguments, train_dataset=data).train()
    return model.batches


def mersenne_twister(seed):
    """32-bit outputs of MT19937 seeded with one integer, as torch's CPU generator gives them."""
    source = np.random.MT19937()
    source._legacy_seeding(seed)
    return lambda: int(source.random_raw())


def twister_permutation(rows, seed):
    """torch.randperm on the CPU, written out."""
    draw = mersenne_twister(seed)
    order = list(range(rows))
    for i in range(rows - 1):
        j = i + draw() % (rows - i)
        order[i], order[j] = order[j], order[i]
    return order


def order_case(rows, seed, data_seed):
    batches = trainer_batches(rows, seed, data_seed)
    per_epoch = len(batches) // EPOCHS
    epochs = [sum(batches[e * per_epoch : (e + 1) * per_epoch], []) for e in range(EPOCHS)]
    start = seed if data_seed is None else data_seed
    for epoch, order in enumerate(epochs):
        generator = torch.Generator().manual_seed(start + epoch)
        if not order == torch.randperm(rows, generator=generator).tolist() == twister_permutation(rows, start + epoch):
            raise AssertionError(f"rows {rows}, seed {start}, epoch {epoch}: not the permutation of seed + epoch")
    return {"rows": rows, "seed": seed, "data_seed": data_seed, "epochs": epochs}


def halves(seed):
    """32-bit draws from numpy's PCG64: the low half of each 64-bit output first."""
    source = np.random.PCG64(seed)
    while True:
        value = int(source.random_raw())
        yield value & 0xFFFFFFFF
        yield value >> 32


def pcg_permutation(rows, seed):
    """numpy.random.default_rng(seed).permutation(rows), written out."""
    draws = halves(seed)
    order = list(range(rows))
    for i in range(rows - 1, 0, -1):
        mask = (1 << i.bit_length()) - 1
        j = next(draws) & mask
        while j > i:
            j = next(draws) & mask
        order[i], order[j] = order[j], order[i]
    return order


def split_case(rows, size, seed):
    parts = Dataset.from_dict({"row": list(range(rows))}).train_test_split(test_size=size, seed=seed)
    validation, train = parts["test"]["row"][:], parts["train"]["row"][:]
    permutation = np.random.default_rng(seed).permutation(rows).tolist()
    if not list(validation) + list(train) == permutation == pcg_permutation(rows, seed):
        raise AssertionError(f"{rows} rows, size {size}: not validation first, then train, of one permutation")
    return {"rows": rows, "val_size": size, "seed": seed, "validation": list(validation), "train": list(train)}


def buffered_case(rows, size, seed):
    """Two passes over a stream with a shuffle buffer."""
    stream = IterableDataset.from_generator(lambda: ({"row": i} for i in range(rows))).shuffle(seed=seed, buffer_size=size)
    passes = []
    for epoch in range(2):
        stream.set_epoch(epoch)
        passes.append([row["row"] for row in stream])
    return {"rows": rows, "buffer": size, "seed": seed, "passes": passes}


def mixed_case(lengths, probabilities, seed, strategy):
    """Pairs of set and row."""
    sets = [Dataset.from_dict({"place": [[s, r] for r in range(n)]}) for s, n in enumerate(lengths)]
    order = interleave_datasets(sets, probabilities=probabilities, seed=seed, stopping_strategy=strategy)
    return {"lengths": lengths, "probabilities": probabilities, "seed": seed, "strategy": strategy, "order": order["place"][:]}


def sheet():
    return {
        "what": "order of rows in training with shuffling, and the rows of a validation split",
        "made_by": "parity/seed_shuffle.py",
        "versions": golden.versions("torch", "transformers", "accelerate", "datasets", "numpy"),
        "dtype": "integers",
        "tolerance": 0,
        "rule": {
            "orders": "epoch e (from 0): torch.randperm(rows) from MT19937 seeded with (data_seed, else seed) + e; for i from 0"
            " to rows - 2: swap entry i with entry i + draw mod (rows - i)",
            "splits": "numpy default_rng(seed): PCG64, 64-bit outputs split into two draws, low half first; for i from"
            " rows - 1 down to 1: draw, keep the bits of the smallest 2^k - 1 >= i, draw again while above i, swap entries i"
            " and the draw; validation is the first ceil(val_size * rows) entries (val_size itself when whole), train the rest",
        },
        "mt19937_first_draws": {str(seed): [d() for d in [mersenne_twister(seed)] * 4] for seed in (42, 43, 7, 8)},
        "pcg64_first_outputs": {"42": [str(v) for v in np.random.PCG64(42).random_raw(4).tolist()]},
        "orders": [order_case(*given) for given in ORDERS],
        "splits": [split_case(*given) for given in SPLITS],
        "buffered": [buffered_case(*given) for given in ((30, 8, 42), (30, 1, 42), (30, 50, 7), (2500, 64, 3))],
        "mixed": [
            mixed_case(lengths, probabilities, seed, strategy)
            for lengths in ([3, 4, 5], [40, 7, 23])
            for probabilities, seed in ((None, 42), ([0.5, 0.2, 0.3], 42), ([0.1, 0.1, 0.8], 5))
            for strategy in STRATEGIES
        ],
    }


if __name__ == "__main__":
    golden.write_json(golden.folder("data") / "shuffle.json", sheet())
