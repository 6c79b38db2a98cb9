"""Golden decoders with the load-balancing loss of their routers. Writes core/.../golden/decoder/<family>_aux/.

usage: python parity/router_loss.py [NAME ...]

`old_configs.py`, run by transformers 4, then replaces the drafts of config_old.json.
"""

import dataclasses
import sys

import torch
import torch.nn.functional as F

import cases
import golden
from decoder_gradients import (
    alike,
    check_names,
    check_old_config,
    copied_buffers,
    gradients,
    old_config,
    save,
    seeded,
    sheet,
)

COEFFICIENT = 0.02
# One forward without padding needs rows of one length.
LENGTHS = (14, 14, 14)


def with_router_loss(family):
    case = cases.CASES[family]
    keys = {**case.keys, "output_router_logits": True, "router_aux_loss_coef": COEFFICIENT}
    return dataclasses.replace(case, keys=keys, config=None, lengths=LENGTHS, matters={})


CASES = {f"{family}_aux": with_router_loss(family) for family in ("mixtral", "qwen3_moe")}


def tensors_of(rows):
    return (torch.tensor([row[key] for row in rows]) for key in ("input_ids", "labels"))


def run(model, rows):
    """All rows in one forward: what `decoder_gradients.run` gives, the loss of the routers, both together."""
    ids, labels = tensors_of(rows)
    count = (labels[:, 1:] != -100).sum().item()
    model.zero_grad()
    out = model(input_ids=ids, use_cache=False)
    losses = [
        F.cross_entropy(logits[:-1], target[1:], ignore_index=-100, reduction="sum")
        for logits, target in zip(out.logits, labels)
    ]
    expected = {f"logits.{i}": logits.detach() for i, logits in enumerate(out.logits)}
    expected["loss.rows"] = torch.stack(losses).detach()
    expected["loss.sum"] = expected["loss.rows"].sum()
    total = sum(losses) / count + COEFFICIENT * own_router_loss(model, out.router_logits)
    expected["aux"] = out.aux_loss.detach()
    expected["total"] = total.detach()
    total.backward()
    return expected | {f"grad.{name}": value for name, value in gradients(model).items()}, count


def own_router_loss(model, router_logits):
    """Experts times the sum over experts of (share of the tokens' choices) x (mean probability), over all layers."""
    logits = torch.cat([layer.reshape(-1, layer.shape[-1]) for layer in router_logits])
    probabilities = logits.softmax(-1)
    chosen = probabilities.topk(model.config.num_experts_per_tok, -1).indices
    share = F.one_hot(chosen, logits.shape[-1]).sum(1).to(logits.dtype).mean(0)
    return logits.shape[-1] * (share * probabilities.mean(0)).sum()


def check_own_loss(model, rows, expected, count):
    """The model's own loss with `output_router_logits` is the recorded total, and its router loss the recorded one."""
    ids, labels = tensors_of(rows)
    copy = alike(model)
    out = copy(input_ids=ids, labels=labels, num_items_in_batch=count, use_cache=False)
    own = own_router_loss(copy, out.router_logits)
    for name, got in (("total", out.loss), ("aux", out.aux_loss), ("aux", own)):
        if golden.difference(got, expected[name]) > 1e-6:
            raise AssertionError(f"{name}: the model says {got}, not {expected[name]}")


def run_in_float64(model, rows):
    double = copied_buffers(alike(model, dtype=torch.float64), alike(model))
    with golden.everything_in_float64():
        return run(double, rows)[0]


def write_case(name):
    case = CASES[name]
    seed, model, rows, _, _, gap = seeded(name, case)
    expected, count = run(model, rows)
    noise = golden.noise_by_kind(expected, run_in_float64(model, rows))
    path = save(name, case, model)
    check_names(path, expected)
    check_old_config(path, rows, expected, case.attention, tolerance=1e-6)
    check_own_loss(model, rows, expected, count)
    golden.write_json(path / "inputs.json", {"rows": rows})
    expected["count"] = torch.tensor(count)
    golden.write_tensors(path / "expected.safetensors", expected)
    golden.write_json(path / "sheet.json", page(sheet(name, case, seed, noise, expected, gap)))
    print(f"{name:20s} {golden.size(path):6.1f} kB  noise {noise['forward']:.1e} / {noise['gradient']:.1e}  gap {gap:.1e}")


def page(found):
    found["tensors"] |= {
        "aux": "[] load-balancing loss over all rows and layers, without the coefficient",
        "total": "[] loss.sum / count + coefficient * aux",
        "grad.<parameter>": "gradient of total; tied weights appear once, under the embedding",
    }
    return {**found, "made_by": "parity/router_loss.py", "coefficient": COEFFICIENT, "batch": "one forward of all rows"}


if __name__ == "__main__":
    torch.set_num_threads(1)
    for chosen in sys.argv[1:] or CASES:
        write_case(chosen)
