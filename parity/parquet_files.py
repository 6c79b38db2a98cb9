"""Parquet files for the Java tests, by pyarrow: the same rows under every compression that is read and under brotli, which is
not, with small row groups and pages of both versions, and what the rows are."""

import datetime
import json

import pyarrow as pa
import pyarrow.parquet as pq

import golden


def table():
    messages = [
        [{"from": "human", "value": "Was kostet das?"}, {"from": "gpt", "value": "漢字🙂"}],
        [],
        None,
        [{"from": "human", "value": None}],
    ]
    return pa.table({
        "instruction": pa.array(["add", "", None, "x" * 200] * 3, pa.string()),
        "output": pa.array(["a", "b", "c", "d"] * 3, pa.large_string()),
        "conversations": pa.array(messages * 3, pa.list_(pa.struct([("from", pa.string()), ("value", pa.string())]))),
        "i32": pa.array([1, -(2**31), None, 2**31 - 1] * 3, pa.int32()),
        "i64": pa.array([1, -(2**63), None, 2**63 - 1] * 3, pa.int64()),
        "u8": pa.array([0, 255, None, 1] * 3, pa.uint8()),
        "u32": pa.array([0, 2**32 - 1, None, 1] * 3, pa.uint32()),
        "u64s": pa.array([[0], [2**64 - 1], None, []] * 3, pa.list_(pa.uint64())),
        "f32": pa.array([0.5, 0.1, None, -2.0] * 3, pa.float32()),
        "f64": pa.array([0.5, 0.1, None, -2.0] * 3, pa.float64()),
        "flag": pa.array([True, False, None, True] * 3, pa.bool_()),
        "bytes": pa.array([b"\x00\xff", b"", None, b"a"] * 3, pa.binary()),
        "tags": pa.array([["a", None], [], None, ["b"]] * 3, pa.list_(pa.string())),
        "nested": pa.array([{"a": {"b": [1, 2]}}, {"a": None}, None, {"a": {"b": []}}] * 3,
                           pa.struct([("a", pa.struct([("b", pa.list_(pa.int64()))]))])),
        "kind": pa.array(["p", "q", None, "p"] * 3).dictionary_encode(),
        "day": pa.array([datetime.date(2024, 2, 29), None, None, datetime.date(1969, 12, 31)] * 3, pa.date32()),
        "local": pa.array([datetime.datetime(2024, 2, 29, 1, 2, 3, 456000), None, None, None] * 3, pa.timestamp("us")),
        "zoned": pa.array([datetime.datetime(2024, 2, 29, 1, 2, 3, tzinfo=datetime.timezone.utc), None, None, None] * 3,
                          pa.timestamp("ms", tz="UTC")),
        "row": pa.array(range(12), pa.int64()),
    })


def plain(value):
    if isinstance(value, bytes):
        return {"bytes": list(value)}
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if hasattr(value, "isoformat"):
        return value.isoformat().replace("+00:00", "Z").replace(".456000", ".456")
    return value


folder = golden.fresh("data-parquet")
rows = table()
for compression in ["snappy", "zstd", "gzip", "lz4", "none", "brotli"]:
    pq.write_table(
        rows, folder / f"{compression}.parquet", compression=compression, row_group_size=5,
        data_page_version="2.0" if compression in ("zstd", "none") else "1.0", use_dictionary=compression != "gzip",
    )
pq.write_table(rows.slice(0, 0), folder / "empty.parquet")
for path in folder.iterdir():
    path.chmod(0o644)
golden.write_json(folder / "expected.json", {
    "versions": {"pyarrow": pa.__version__}, "rows": [plain(row) for row in rows.to_pylist()]})
