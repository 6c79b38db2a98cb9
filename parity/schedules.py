"""Learning-rate factors of every schedule of the Hugging Face trainer. Writes training/.../golden/schedules.json.

usage: python parity/schedules.py
"""

import os
import types

import torch
from transformers import TrainingArguments, get_scheduler

import golden

os.environ["DISABLE_VERSION_CHECK"] = "1"
from llamafactory.train.trainer_utils import create_custom_scheduler  # noqa: E402

RATE = 2e-4
# (warmup, total)
SETTINGS = [(0, 12), (1, 9), (3, 20), (10, 100)]
KINDS = [
    ("linear", {}),
    ("cosine", {}),
    ("cosine", {"num_cycles": 1.25}),
    ("cosine_with_restarts", {}),
    ("cosine_with_restarts", {"num_cycles": 3}),
    ("polynomial", {}),
    ("polynomial", {"lr_end": 1e-5, "power": 2.0}),
    ("constant", {}),
    ("constant_with_warmup", {}),
    ("inverse_sqrt", {}),
    ("inverse_sqrt", {"timescale": 25}),
    ("cosine_with_min_lr", {"min_lr": 2e-5}),
    ("cosine_with_min_lr", {"min_lr_rate": 0.25}),
    ("cosine_with_min_lr", {"min_lr_rate": 0.25, "num_cycles": 1.5}),
    ("cosine_warmup_with_min_lr", {"min_lr": 2e-5}),
    ("cosine_warmup_with_min_lr", {"min_lr_rate": 0.25, "warmup_lr_rate": 0.1}),
    ("warmup_stable_decay", {"num_decay_steps": 4}),
    ("warmup_stable_decay", {"num_decay_steps": 4, "min_lr_ratio": 0.1, "warmup_type": "cosine", "decay_type": "linear"}),
    ("warmup_stable_decay", {"num_decay_steps": 5, "num_stable_steps": 2, "warmup_type": "1-sqrt", "decay_type": "1-sqrt"}),
    ("warmup_stable_decay", {"num_decay_steps": 6, "min_lr_ratio": 0.05, "num_cycles": 1.5}),
]
PLATEAU = [
    ({}, [3.0] + [2.9] * 12 + [2.8, 2.7]),
    ({"factor": 0.5, "patience": 1, "threshold": 0.05, "cooldown": 2, "min_lr": 4e-5}, [3.0, 2.9, 2.85, 2.0, 1.95] + [1.94] * 9),
    ({"factor": 0.5, "patience": 0, "threshold": 0.01, "threshold_mode": "abs", "mode": "max"}, [0.1, 0.2, 0.205, 0.3, 0.3, 0.31]),
]


def optimizer():
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=RATE)


def steps_of(warmup, total):
    """Both sides of every corner, a few points between, and three steps past the end."""
    near = {0, 1, warmup - 1, warmup, warmup + 1, total // 3, total // 2, 2 * total // 3, total - 4, total - 1, total, total + 3}
    return sorted(step for step in near if step >= 0)


def factors(kind, kwargs, warmup, total):
    stepped = optimizer()
    schedule = get_scheduler(kind, stepped, warmup, total, scheduler_specific_kwargs=dict(kwargs))
    seen = {}
    for step in range(total + 4):
        seen[step] = schedule.get_last_lr()[0] / RATE
        stepped.step()
        schedule.step()
    return [seen[step] for step in steps_of(warmup, total)]


def case(kind, kwargs, warmup, total):
    return {
        "schedule": kind,
        "kwargs": kwargs,
        "warmup": warmup,
        "total": total,
        "steps": steps_of(warmup, total),
        "factors": factors(kind, kwargs, warmup, total),
    }


def plateau_case(kwargs, metrics):
    schedule = get_scheduler("reduce_lr_on_plateau", optimizer(), scheduler_specific_kwargs=dict(kwargs))
    rates = []
    for metric in metrics:
        schedule.step(metric)
        rates.append(schedule.get_last_lr()[0] / RATE)
    return {"kwargs": kwargs, "metrics": metrics, "factors_after": rates}


def warmup_case(total, **given):
    arguments = TrainingArguments(output_dir="unused", use_cpu=True, report_to="none", **given)
    return {**given, "total": total, "resolved": arguments.get_warmup_steps(total)}


def llamafactory_default(warmup, total):
    """The steps that LLaMA-Factory fills in for warmup_stable_decay when none are given."""
    arguments = types.SimpleNamespace(
        lr_scheduler_type="warmup_stable_decay", lr_scheduler_kwargs=None, get_warmup_steps=lambda steps: warmup
    )
    create_custom_scheduler(arguments, total)
    return {**case("warmup_stable_decay", arguments.lr_scheduler_kwargs, warmup, total), "filled_in": True}


def sheet():
    return {
        "what": "learning rate divided by the configured rate, before the optimizer step of that number (0 is the first)",
        "made_by": "parity/schedules.py",
        "versions": golden.versions("torch", "transformers"),
        "learning_rate": RATE,
        "dtype": "float64",
        "tolerance": 1e-12,
        "left_out": "greedy: steers by the metric, so it has no factor for a step",
        "cases": [case(kind, kwargs, *setting) for kind, kwargs in KINDS for setting in SETTINGS],
        "llamafactory_warmup_stable_decay": [llamafactory_default(*setting) for setting in SETTINGS],
        "reduce_lr_on_plateau": [plateau_case(*given) for given in PLATEAU],
        "warmup_steps": [
            warmup_case(57, warmup_steps=5),
            warmup_case(57, warmup_steps=0.1),
            warmup_case(57, warmup_ratio=0.1),
            warmup_case(57, warmup_ratio=0.1, warmup_steps=3),
            warmup_case(57, warmup_steps=1),
            warmup_case(60, warmup_ratio=0.05),
        ],
    }


if __name__ == "__main__":
    golden.write_json(golden.folder("training") / "schedules.json", sheet())
