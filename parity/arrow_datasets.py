"""Arrow tables between this library and Python's `datasets`, in both directions.

Without arguments: writes the fixtures that the Java tests read. `types/` is a folder of `save_to_disk` with one column of
every type, `splits/` one with two splits, `random_access.arrow` and `stream.arrow` are pyarrow's two file formats with a
dictionary column; `expected.json` says what the rows are.

`arrow_datasets.py check FOLDER EXPECTED.json`: `load_from_disk` opens a folder that this library wrote; rows, column types
and the order of splits must be those of the JSON file, {split or "": {"features": {column: dtype}, "rows": [...]}}.
"""

import datetime
import json
import sys

import datasets
import numpy as np
import pyarrow as pa

import golden

datasets.disable_progress_bars()
ROWS = 7


def columns():
    """One column of every type that is read, each with a null and its extreme values."""
    def numbers(low, high):
        return [0, 1, None, low, high, 7, -1 if low < 0 else 2]

    utc = datetime.timezone.utc
    moments = [datetime.datetime(2024, 2, 29, 23, 59, 58, 123456), None, *[datetime.datetime(1969, 12, 31)] * 5]
    texts = ["", "a", None, "zwölf Boxkämpfer", "漢字🙂", "\u0000\n\"\\", "x" * 300]
    structs = [{"role": "user", "n": 1}, None, {"role": None, "n": 2}, {"role": "é", "n": None}] + [{"role": "a", "n": 3}] * 3
    return {
        "nothing": pa.array([None] * ROWS, pa.null()),
        "flag": pa.array([True, False, None, True, True, False, True], pa.bool_()),
        "i8": pa.array(numbers(-128, 127), pa.int8()),
        "i16": pa.array(numbers(-(2**15), 2**15 - 1), pa.int16()),
        "i32": pa.array(numbers(-(2**31), 2**31 - 1), pa.int32()),
        "i64": pa.array(numbers(-(2**63), 2**63 - 1), pa.int64()),
        "u8": pa.array(numbers(0, 255), pa.uint8()),
        "u16": pa.array(numbers(0, 2**16 - 1), pa.uint16()),
        "u32": pa.array(numbers(0, 2**32 - 1), pa.uint32()),
        "u64": pa.array(numbers(0, 2**64 - 1), pa.uint64()),
        "f16": pa.array(np.array([0, -0.0, 1.5, 6e-8, 65504, -2.25, 0.1], np.float16), pa.float16()),
        "f32": pa.array([0.0, 0.1, None, -1e-40, 3.4e38, 1.5, 7.0], pa.float32()),
        "f64": pa.array([0.0, 0.1, None, -5e-324, 1.7e308, 1.5, 7.0], pa.float64()),
        "text": pa.array(texts, pa.string()),
        "long_text": pa.array(texts, pa.large_string()),
        "bytes": pa.array([b"", b"\x00\xff", None, b"abc", b"d", b"e", b"f"], pa.binary()),
        "long_bytes": pa.array([b"", b"\x00\xff", None, b"abc", b"d", b"e", b"f"], pa.large_binary()),
        "ids": pa.array([[1, 2, 3], [], None, [-5], [7] * 10, [8], [9, 10]], pa.list_(pa.int32())),
        "masks": pa.array([[1, 0, 1], [], None, [-128], [127] * 10, [0], [1, 1]], pa.list_(pa.int8())),
        "longs": pa.array([[2**40], [], None, [-(2**63)], [1], [2], [3, 4]], pa.large_list(pa.int64())),
        "words": pa.array([["a", None, ""], [], None, ["漢"], ["b"], ["c"], ["d", "e"]], pa.list_(pa.string())),
        "pairs": pa.array([[1.0, 2.0], None, *[[3.0, 4.0]] * 5], pa.list_(pa.float32(), 2)),
        "message": pa.array(structs, pa.struct([("role", pa.string()), ("n", pa.int64())])),
        "messages": pa.array(
            [[{"role": "user", "tags": ["a", "b"]}, {"role": "gpt", "tags": None}], [], None] + [[{"role": "x", "tags": []}]] * 4,
            pa.list_(pa.struct([("role", pa.string()), ("tags", pa.list_(pa.string()))])),
        ),
        "day": pa.array([datetime.date(2024, 2, 29), None, *[datetime.date(1969, 12, 31)] * 5], pa.date32()),
        "clock": pa.array([datetime.time(23, 59, 58, 123456), None, *[datetime.time(1, 2, 3)] * 5], pa.time64("us")),
        "local": pa.array(moments, pa.timestamp("us")),
        "seconds": pa.array([None if m is None else m.replace(microsecond=0) for m in moments], pa.timestamp("s")),
        "zoned": pa.array([None if m is None else m.replace(tzinfo=utc) for m in moments], pa.timestamp("ns", tz="UTC")),
    }


def plain(value):
    """A value as the Java reader gives it, in JSON."""
    if isinstance(value, bytes):
        return {"bytes": list(value)}
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, np.floating):
        return float(value)
    if hasattr(value, "isoformat"):
        text = value.isoformat()
        return text.replace("+00:00", "Z")
    return value


def rows(table):
    return [plain(row) for row in table.to_pylist()]


def write():
    folder = golden.fresh("data", "arrow")
    table = pa.table(columns())
    expected = {"types": rows(table)}
    datasets.Dataset(table).save_to_disk(str(folder / "types"), num_shards=2)

    small = datasets.Dataset.from_dict({"t": ["a", "b", "c"], "ids": [[1], [2, 3], []]})
    splits = datasets.DatasetDict({"train": small, "test": small.select([1])})
    splits.save_to_disk(str(folder / "splits"))
    expected["splits"] = {name: rows(split.data.table) if name == "train" else [{"t": "b", "ids": [2, 3]}]
                          for name, split in splits.items()}

    # Timestamps become one text whatever their zone, but nanoseconds do not survive to_pylist; both are in types/.
    coded = pa.table({
        "label": pa.array(["no", "yes", None, "no", "yes"]).dictionary_encode(),
        "n": pa.array([1, 2, 3, 4, 5]),
        "nested": pa.array([["x"], ["y", "x"], [], None, ["y"]], pa.list_(pa.string())),
    })
    expected["coded"] = rows(coded)
    with pa.OSFile(str(folder / "random_access.arrow"), "wb") as sink, pa.ipc.new_file(sink, coded.schema) as writer:
        writer.write_table(coded, max_chunksize=2)
    with pa.OSFile(str(folder / "stream.arrow"), "wb") as sink, pa.ipc.new_stream(sink, coded.schema) as writer:
        writer.write_table(coded, max_chunksize=2)
    compressed = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.OSFile(str(folder / "compressed.arrow"), "wb") as sink:
        with pa.ipc.new_stream(sink, coded.schema, options=compressed) as writer:
            writer.write_table(coded)
    decimals = pa.table({"price": pa.array([1], pa.decimal128(5, 2))})
    with pa.OSFile(str(folder / "decimal.arrow"), "wb") as sink, pa.ipc.new_stream(sink, decimals.schema) as writer:
        writer.write_table(decimals)
    golden.write_json(folder / "expected.json", {
        "versions": {"datasets": datasets.__version__, "pyarrow": pa.__version__, "numpy": np.__version__}, **expected})


def dtype(feature):
    if hasattr(feature, "feature"):
        return f"list<{dtype(feature.feature)}>"
    return feature.dtype


def check(folder, sheet):
    loaded = datasets.load_from_disk(folder)
    expected = json.loads(open(sheet, encoding="utf-8").read())
    tables = loaded if isinstance(loaded, datasets.DatasetDict) else {"": loaded}
    if list(tables) != list(expected):
        raise AssertionError(f"splits {list(tables)}, expected {list(expected)}")
    for name, table in tables.items():
        found = {column: dtype(feature) for column, feature in table.features.items()}
        if found != expected[name]["features"]:
            raise AssertionError(f"{name}: columns {found}, expected {expected[name]['features']}")
        if found != {column: dtype(f) for column, f in datasets.Features.from_arrow_schema(table.data.schema).items()}:
            raise AssertionError(f"{name}: the schema in the files differs from dataset_info.json")
        got = [plain(row) for row in table]
        if got != expected[name]["rows"]:
            wrong = next(i for i, (a, b) in enumerate(zip(got, expected[name]["rows"])) if a != b) if len(got) == len(
                expected[name]["rows"]) else "count"
            raise AssertionError(f"{name}: row {wrong} differs")
        table.data.validate(full=True)
        again = table.map(lambda row: row)
        if len(again) != len(table):
            raise AssertionError(f"{name}: a map over it changes its length")
        print(f"{name or 'table'}: {len(table)} rows, {len(table.cache_files)} files, fingerprint {table._fingerprint}: equal")


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "check":
        check(sys.argv[2], sys.argv[3])
    elif len(sys.argv) == 1:
        write()
    else:
        sys.exit(__doc__)
