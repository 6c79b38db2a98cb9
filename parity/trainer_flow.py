"""What the Hugging Face trainer logs, evaluates and saves at which step. Writes training/.../golden/trainer_flow.json.

usage: python parity/trainer_flow.py
"""

import logging
import pathlib
import shutil
import tempfile
import warnings

import torch
from transformers import EarlyStoppingCallback, Trainer, TrainingArguments

import golden

RATE = 1e-2
SCORES = [0.5, 0.6, 0.4, 0.55, 0.6, 0.7, 0.3, 0.2, 0.71, 0.1, 0.9, 0.8]
BASE = {"rows": 11, "per_device_train_batch_size": 2, "gradient_accumulation_steps": 2, "num_train_epochs": 2.0}
CASES = {
    "plain": {"logging_steps": 1},
    "window": {"logging_steps": 4, "logging_first_step": True},
    "share": {"logging_steps": 0.3, "eval_strategy": "steps", "eval_steps": 0.4, "save_steps": 0.5},
    "fractional epochs": {"num_train_epochs": 1.5, "logging_steps": 1, "save_strategy": "epoch", "eval_strategy": "epoch"},
    "epochs": {"logging_strategy": "epoch", "eval_strategy": "epoch", "save_strategy": "epoch", "num_train_epochs": 3.0},
    "max steps": {"max_steps": 5, "logging_steps": 2, "eval_strategy": "steps", "eval_steps": 2, "save_steps": 3},
    "max steps beyond": {"max_steps": 8, "logging_strategy": "epoch", "save_strategy": "no"},
    "epoch evaluation, max steps": {"max_steps": 4, "logging_steps": 3, "eval_strategy": "epoch", "save_strategy": "epoch"},
    "delay": {"logging_steps": 1, "eval_strategy": "steps", "eval_steps": 1, "eval_delay": 3, "save_strategy": "no"},
    "delay by epoch": {"num_train_epochs": 3.0, "logging_strategy": "no", "eval_strategy": "epoch", "eval_delay": 2, "save_strategy": "no"},
    "on start": {"logging_steps": 2, "eval_strategy": "steps", "eval_steps": 3, "eval_on_start": True, "save_strategy": "no"},
    "evaluation by the logging interval": {"logging_steps": 2, "eval_strategy": "steps", "save_strategy": "no"},
    "limit": {"logging_steps": 1, "save_steps": 1, "save_total_limit": 2},
    "limit with best": {
        "max_steps": 8, "logging_steps": 2, "eval_strategy": "steps", "eval_steps": 1, "save_steps": 1,
        "save_total_limit": 2, "load_best_model_at_end": True, "metric_for_best_model": "score", "greater_is_better": True,
    },
    "limit one with best": {
        "max_steps": 8, "logging_steps": 2, "eval_strategy": "steps", "eval_steps": 1, "save_steps": 1,
        "save_total_limit": 1, "load_best_model_at_end": True, "metric_for_best_model": "eval_score", "greater_is_better": True,
    },
    "less is better": {
        "logging_steps": 2, "eval_strategy": "steps", "eval_steps": 1, "save_steps": 2, "metric_for_best_model": "score",
        "greater_is_better": False,
    },
    "best that was not saved": {
        "logging_steps": 2, "eval_strategy": "steps", "eval_steps": 1, "save_steps": 2, "save_total_limit": 1,
        "metric_for_best_model": "score", "greater_is_better": True, "max_steps": 10,
    },
    "save the best": {
        "num_train_epochs": 3.0, "logging_steps": 2, "eval_strategy": "steps", "eval_steps": 1, "save_strategy": "best",
        "metric_for_best_model": "score", "greater_is_better": True,
    },
    "early stopping": {
        "num_train_epochs": 4.0, "logging_steps": 3, "eval_strategy": "steps", "eval_steps": 1, "save_steps": 2,
        "metric_for_best_model": "score", "greater_is_better": True, "patience": 2,
    },
    "early stopping by epoch": {
        "num_train_epochs": 9.0, "logging_strategy": "epoch", "eval_strategy": "epoch", "save_strategy": "epoch",
        "metric_for_best_model": "score", "greater_is_better": True, "patience": 3,
    },
    "one row": {"rows": 1, "num_train_epochs": 2.0, "logging_steps": 1},
    "batch above rows": {"rows": 3, "per_device_train_batch_size": 8, "gradient_accumulation_steps": 4, "logging_steps": 1},
    "warm-up": {"logging_steps": 1, "num_train_epochs": 3.0, "warmup_ratio": 0.3, "lr_scheduler_type": "cosine"},
}


class Line(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, x, labels):
        return {"loss": (self.weight * x - labels).square().mean(), "logits": self.weight * x}


def rows(count):
    return [{"x": torch.tensor([float(i + 1)]), "labels": torch.tensor([float(2 * i)])} for i in range(count)]


def run(case):
    settings = {**BASE, "save_steps": 500, **case}
    count = settings.pop("rows")
    patience = settings.pop("patience", None)
    scores = iter(SCORES * 4)
    folder = pathlib.Path(tempfile.mkdtemp())
    arguments = TrainingArguments(
        output_dir=str(folder), use_cpu=True, report_to="none", disable_tqdm=True, learning_rate=RATE, **settings
    )
    trainer = Trainer(
        model=Line(),
        args=arguments,
        train_dataset=rows(count),
        eval_dataset=rows(3),
        compute_metrics=lambda _: {"score": next(scores)},
        callbacks=[EarlyStoppingCallback(patience)] if patience else [],
    )
    trainer.train()
    seen = outcome(trainer.state, folder)
    shutil.rmtree(folder)
    return {"settings": {**BASE, **case}, **seen}


def kind(entry):
    return "evaluation" if "eval_score" in entry else "summary" if "train_loss" in entry else "training"


def outcome(state, folder):
    history = []
    for entry in state.log_history:
        kept = {"kind": kind(entry), "step": entry["step"], "epoch": entry["epoch"]}
        for key in ("learning_rate", "eval_score"):
            if key in entry:
                kept[key] = entry[key]
        history.append(kept)
    best = state.best_model_checkpoint
    return {
        "history": history,
        "checkpoints": sorted(int(p.name.split("-")[1]) for p in folder.glob("checkpoint-*")),
        "state": {
            "epoch": state.epoch, "global_step": state.global_step, "max_steps": state.max_steps,
            "num_train_epochs": state.num_train_epochs, "logging_steps": state.logging_steps,
            "eval_steps": state.eval_steps, "save_steps": state.save_steps, "train_batch_size": state.train_batch_size,
            "best_metric": state.best_metric, "best_global_step": state.best_global_step,
            "best_model_checkpoint": best and pathlib.Path(best).name,
        },
    }


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    sheet = {
        "what": "log entries, checkpoints left and final state of short runs of the Hugging Face trainer",
        "made_by": "parity/trainer_flow.py",
        "versions": golden.versions("torch", "transformers"),
        "learning_rate": RATE,
        "scores": "eval_score takes the next of these at each evaluation",
        "score_values": SCORES,
        "cases": {name: run(case) for name, case in CASES.items()},
    }
    golden.write_json(golden.folder("training") / "trainer_flow.json", sheet)
