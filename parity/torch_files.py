"""Files that torch.save wrote, in every layout that a checkpoint can have, and the numbers they hold."""

import collections
import os
import pickle

import torch
from safetensors.torch import load_file

import golden

HERE = golden.fresh("core", "pickle")


def tensors():
    """Every dtype, views of every kind, names that share a storage, parameters."""
    generator = torch.Generator().manual_seed(17)
    whole = torch.randn(6, 8, generator=generator)
    values = collections.OrderedDict()
    values["dense"] = torch.randn(3, 4, generator=generator)
    values["transposed"] = torch.randn(5, 3, generator=generator).t()
    values["whole"] = whole
    values["rows"] = whole[2:4]
    values["columns"] = whole[:, 3:6]
    values["steps"] = whole[1::2, ::3]
    values["twin"] = whole
    values["permuted"] = torch.randn(2, 3, 4, generator=generator).permute(2, 0, 1)
    values["scalar"] = torch.tensor(2.5)
    values["empty"] = torch.zeros(0, 3)
    values["one_column"] = torch.randn(4, 1, generator=generator)
    values["parameter"] = torch.nn.Parameter(torch.randn(2, 2, generator=generator))
    for dtype in (torch.float64, torch.float16, torch.bfloat16):
        values[str(dtype)] = torch.randn(2, 3, generator=generator).to(dtype)
    for dtype in (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8):
        values[str(dtype)] = torch.randint(0, 100, (3, 2), generator=generator).to(dtype)
    values["torch.bool"] = torch.tensor([True, False, True])
    values["half_view"] = torch.randn(4, 6, generator=generator).to(torch.float16)[1:, 2:4]
    return values


class Stored:
    """Stands for a storage, which the pickle refers to."""


class View:
    """A tensor over a part of a storage, as torch 0.3 saved shared ones."""

    def __init__(self, stored):
        self.stored = stored

    def __reduce__(self):
        hooks = collections.OrderedDict()
        return torch._utils._rebuild_tensor_v2, (self.stored, 1, (2, 2), (2, 1), False, hooks)


class Harmful:
    def __reduce__(self):
        return os.system, ("echo a file of weights ran this",)


def with_storage_view(path):
    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            if isinstance(value, Stored):
                return "storage", torch.FloatStorage, "7", "cpu", 10, ("8", 3, 6)
            return None

    with open(path, "wb") as file:
        for part in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
            pickle.dump(part, file, protocol=2)
        Pickler(file, protocol=2).dump({"view": View(Stored())})
        pickle.dump(["7"], file, protocol=2)
        file.write((10).to_bytes(8, "little"))
        file.write(torch.arange(10.0).numpy().tobytes())


def main():
    values = tensors()
    golden.write_tensors(HERE / "expected.safetensors", values)
    torch.save(values, HERE / "zip.bin")
    torch.save(values, HERE / "legacy.bin", _use_new_zipfile_serialization=False)
    torch.save(values, HERE / "protocol4.bin", pickle_protocol=4)

    shards = HERE / "sharded"
    shards.mkdir()
    names = list(values)
    index = {"metadata": {"total_size": 0}, "weight_map": {}}
    for number, part in enumerate((names[:9], names[9:]), 1):
        file = f"pytorch_model-{number:05d}-of-00002.bin"
        # A copy, since a view would drag its whole storage into the shard, as in real shards.
        torch.save({name: values[name].detach().clone() for name in part}, shards / file)
        index["weight_map"].update(dict.fromkeys(part, file))
    golden.write_json(shards / "pytorch_model.bin.index.json", index)

    # A module's own state dict carries its versions as an attribute; a parameter may carry attributes as well.
    module = torch.nn.Linear(3, 2)
    with torch.no_grad():
        module.weight.copy_(torch.arange(6.0).reshape(2, 3))
        module.bias.copy_(torch.tensor([7.0, 8.0]))
    tagged = torch.nn.Parameter(torch.tensor([9.0, 10.0]))
    tagged.tag = "x"
    state = module.state_dict()
    state["tagged"] = tagged
    state["_extra_state"] = None
    torch.save({"state_dict": state, "epoch": 3, "lr": 1e-4, "seen": {1, 2}, "name": b"x"}, HERE / "wrapped.bin")
    torch.save({"model": dict(state), "module": dict(state)}, HERE / "two_models.bin")
    torch.save({"weights": dict(state)}, HERE / "odd_name.bin")
    torch.save([torch.ones(2)], HERE / "list.bin")

    torch.save({"a": torch.ones(2), "b": Harmful()}, HERE / "harmful.bin")
    torch.save({"a": torch.ones(2), "b": Harmful()}, HERE / "harmful_legacy.bin", _use_new_zipfile_serialization=False)
    torch.save(module, HERE / "module.bin")
    torch.save({"a": torch.ones(2).to(torch.float8_e4m3fn)}, HERE / "float8.bin")
    torch.save({"a": torch.ones(1).expand(1000)}, HERE / "repeated.bin")
    with open(HERE / "plain.bin", "wb") as file:
        pickle.dump({"a": 1}, file, protocol=2)
    torch.jit.script(module).save(str(HERE / "script.bin"))
    with_storage_view(HERE / "storage_view.bin")
    view = torch.load(HERE / "storage_view.bin", weights_only=True)["view"]
    assert torch.equal(view, torch.tensor([[4.0, 5.0], [6.0, 7.0]])), view
    adapter = golden.folder("adapters", "peft", "llama", "modules_to_save") / "adapter_model.safetensors"
    torch.save(load_file(adapter), golden.fresh("adapters", "pickle") / "adapter_model.bin")
    golden.write_json(
        HERE / "sheet.json",
        {
            "what": "files of torch.save and what they hold, row by row, in expected.safetensors",
            "versions": golden.versions("torch", "safetensors"),
            "tolerance": 0,
        },
    )


if __name__ == "__main__":
    main()
