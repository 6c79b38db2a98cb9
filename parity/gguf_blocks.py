"""Golden file of ggml's block formats: random blocks of every readable type, and what the python package `gguf` widens them to.

Scales are drawn over the whole range of halves, denormals, zeros and negative ones among them; only infinities and
numbers that are none are left out. The bytes between them are plain random.
"""

import numpy as np
import torch
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, GGUFWriter, dequantize

import golden

SEED = 20240
# type: where in a block its halves begin
HALVES = {
    "Q8_0": [0],
    "Q4_0": [0],
    "Q4_1": [0, 2],
    "Q5_0": [0],
    "Q5_1": [0, 2],
    "Q2_K": [80, 82],
    "Q3_K": [108],
    "Q4_K": [0, 2],
    "Q5_K": [0, 2],
    "Q6_K": [208],
}
ROWS = 6


def halves(random, count):
    """Random halves, with the corners among the first."""
    bits = random.integers(0, 1 << 16, count, dtype=np.uint16)
    bits = np.where((bits & 0x7C00) == 0x7C00, bits & 0x83FF, bits).astype(np.uint16)
    corners = np.array([0x0001, 0x8001, 0x03FF, 0x83FF, 0x0000, 0x8000, 0x7BFF, 0xFBFF, 0x0400, 0x3C00], dtype=np.uint16)
    bits[: min(count, len(corners))] = corners[:count]
    return bits


def blocks(random, name):
    elements, size = GGML_QUANT_SIZES[GGMLQuantizationType[name]]
    in_row = 512 // elements
    data = random.integers(0, 256, (ROWS * in_row, size), dtype=np.uint8)
    for at in HALVES[name]:
        data[:, at : at + 2] = halves(random, len(data)).view(np.uint8).reshape(-1, 2)
    return data.reshape(ROWS, in_row * size)


def plain(random, name):
    if name == "F16":
        return halves(random, ROWS * 64).view(np.float16).reshape(ROWS, 64)
    if name == "BF16":
        bits = random.integers(0, 1 << 16, ROWS * 64, dtype=np.uint16)
        bits = np.where((bits & 0x7F80) == 0x7F80, bits & 0x807F, bits).astype(np.uint16)
        return bits.view(np.uint8).reshape(ROWS, 128)
    return random.standard_normal((ROWS, 64), dtype=np.float32)


def main():
    random = np.random.default_rng(SEED)
    out = golden.fresh("core", "gguf", "blocks")
    writer = GGUFWriter(str(out / "blocks.gguf"), "llama")
    expected = {}
    for name in ["F32", "F16", "BF16", *HALVES]:
        kind = GGMLQuantizationType[name]
        data = blocks(random, name) if name in HALVES else plain(random, name)
        writer.add_tensor(name, data, raw_dtype=kind)
        expected[name] = torch.from_numpy(np.copy(dequantize(data, kind)).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    golden.write_tensors(out / "expected.safetensors", expected)
    golden.write_json(
        out / "sheet.json",
        {"what": "blocks of every readable ggml type, widened", "seed": SEED, "tolerance": 0, "versions": versions()},
    )


def versions():
    from importlib.metadata import version

    return golden.versions("numpy", "torch") | {"gguf": version("gguf")}


if __name__ == "__main__":
    main()
