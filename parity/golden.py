"""Shared by the scripts beside it: where golden files go, how they are written, and how noise is measured."""

import json
import pathlib
import platform
import re
import shutil

import torch
from safetensors.torch import load_file, save_file

ROOT = pathlib.Path(__file__).resolve().parent.parent
MEASURE = "largest |got - expected| of a tensor, divided by the largest |expected| of that tensor"


def folder(module, *parts):
    """The folder of golden files in a module's test resources, made when absent."""
    path = ROOT.joinpath(module, "src", "test", "resources", "golden", *parts)
    path.mkdir(parents=True, exist_ok=True)
    return path


def fresh(module, *parts):
    """As `folder`, but empty."""
    path = folder(module, *parts)
    shutil.rmtree(path)
    path.mkdir()
    return path


def write_tensors(path, tensors):
    copies = {name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}
    save_file(copies, str(path), metadata={"format": "pt"})
    path.chmod(0o644)


def tensors(path):
    return load_file(str(path))


def size(path):
    """Of all files in a folder, in thousands of bytes."""
    return sum(f.stat().st_size for f in path.iterdir()) / 1000


def write_json(path, value):
    path.write_text(json.dumps(value, indent=1, allow_nan=False) + "\n")


def versions(*names):
    """Versions of Python and the named modules."""
    found = {"python": platform.python_version()}
    for name in names:
        # The local part says which accelerator a wheel was built for; on the CPU that changes nothing.
        found[name] = __import__(name).__version__.split("+")[0]
    return found


def difference(got, expected):
    """The measure that every sheet's noise and tolerance use."""
    scale = expected.abs().max().item()
    return (got.double() - expected.double()).abs().max().item() / max(scale, 1e-30)


def largest_difference(got, expected):
    """Over two dictionaries with equal keys: the largest measure and the tensor it belongs to."""
    if got.keys() != expected.keys():
        raise AssertionError(f"different tensors: {got.keys() ^ expected.keys()}")
    worst = max(expected, key=lambda name: difference(got[name], expected[name]))
    return difference(got[worst], expected[worst]), worst


def noise_by_kind(single, double):
    """The largest measure of a float32 run against a float64 run, for gradients and for the rest."""
    noise = {}
    for kind in ("forward", "gradient"):
        names = [name for name in single if name.startswith("grad.") == (kind == "gradient")]
        noise[kind], _ = largest_difference({n: single[n] for n in names}, {n: double[n] for n in names})
    return noise


class everything_in_float64:
    """Models widen to `torch.float32` by name or with `.float()` inside norms, routers and softmax; while this is active
    both mean float64.

    Rotary angles are computed without gradient and stay in float32: they are part of the definition, not noise.
    """

    def __enter__(self):
        self.kept = torch.float32, torch.Tensor.float
        torch.float32 = torch.float64
        torch.Tensor.float = lambda tensor: tensor.double() if torch.is_grad_enabled() else self.kept[1](tensor)

    def __exit__(self, *error):
        torch.float32, torch.Tensor.float = self.kept


def random_parameters(model, seed):
    """Gives every parameter random values under which signal and gradient stay healthy through the blocks.

    Norms keep their centre: 1, or 0 where the stored weight is an offset. Routers are sharp enough to choose clearly.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator)
            parameter.copy_(_random_value(model, name, parameter, noise))
        for name, buffer in sorted(model.named_buffers()):
            if "correction_bias" in name:
                buffer.copy_(0.2 * torch.randn(buffer.shape, generator=generator))


def _random_value(model, name, parameter, noise):
    module = model.get_submodule(name.rpartition(".")[0])
    if "correction_bias" in name:
        return 0.2 * noise
    if name.endswith("bias"):
        return 0.3 * noise
    if parameter.dim() == 1 and name.endswith("sinks"):
        return noise
    if "norm" in name or re.search(r"\bln_", name):
        return parameter.mean().round() + 0.25 * noise
    if isinstance(module, torch.nn.Embedding):
        return 0.5 * noise
    gain = 1.5 if "q_proj" in name or "k_proj" in name else 1.0
    if re.search(r"(\bgate|router|router\.layer|\bwg)\.weight$", name):
        gain = 2.0
    inputs = parameter.shape[-2] if _stored_by_input(module) else parameter.shape[-1]
    return noise * gain / inputs**0.5


def _stored_by_input(module):
    """Whether the weight multiplies from the right, `x W`."""
    return type(module).__name__ in ("Conv1D", "GptOssExperts", "Llama4TextExperts")


def random_rows(lengths, vocabulary, seed):
    """Rows of token ids with labels: a prompt part and a few single tokens are -100, and position 0 always is."""
    generator = torch.Generator().manual_seed(seed)
    rows = []
    for length in lengths:
        ids = torch.randint(0, vocabulary, (length,), generator=generator).tolist()
        hidden = (torch.rand(length, generator=generator) < 0.15).tolist()
        prompt = max(1, length // 3)
        labels = [-100 if t < prompt or hidden[t] else ids[t] for t in range(length)]
        labels[-1] = ids[-1]
        rows.append({"input_ids": ids, "labels": labels})
    return rows
