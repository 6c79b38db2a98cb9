"""Does transformers open models that this library wrote, and does it compute the same logits?

usage: python parity/transformers_opens_ours.py [--config NAME] FOLDER...

Each FOLDER is a model, or holds models: <name>/ with config.json and the weights, where <name> is a case below
core/src/test/resources/golden/decoder. The logits of its rows must be those of the case. For families that transformers
does not have, the tensors must be the case's, name by name and value by value. With --config the models are opened with
that file in the place of config.json. Prints one line a model; exits 1 when one has a fault.
Runs under transformers 5 and 4.
"""

import argparse
import json
import pathlib
import shutil
import sys
import tempfile

import torch
import transformers
from transformers import AutoConfig, AutoModelForCausalLM

import golden
from published import as_published

TOLERANCE = 2e-5
SHOWN = 5


def models(folders):
    for folder in map(pathlib.Path, folders):
        if not folder.is_dir():
            raise SystemExit(f"{folder} is no folder")
        found = [folder] if (folder / "config.json").exists() else sorted(p.parent for p in folder.glob("*/config.json"))
        if not found:
            raise SystemExit(f"no model in {folder}")
        yield from found


def opened(folder, config, attention):
    """The model, and what transformers found amiss with its tensors."""
    options = {} if transformers.__version__.startswith("4.") else {"experts_implementation": "eager"}
    with tempfile.TemporaryDirectory() as copy:
        for file in folder.iterdir():
            shutil.copy(file, copy)
        if config:
            shutil.copy(folder / config, pathlib.Path(copy) / "config.json")
        model, report = AutoModelForCausalLM.from_pretrained(
            copy, attn_implementation=attention, dtype=torch.float32, output_loading_info=True, **options
        )
    kinds = ("missing_keys", "unexpected_keys", "mismatched_keys")
    return as_published(model.eval()), [f"{kind}: {sorted(map(str, report[kind]))}" for kind in kinds if report[kind]]


def logit_faults(model, case):
    """Faults, and the largest difference."""
    expected = golden.tensors(case / "expected.safetensors")
    worst, faults = 0.0, []
    for i, row in enumerate(json.loads((case / "inputs.json").read_text())["rows"]):
        with torch.no_grad():
            got = model(input_ids=torch.tensor([row["input_ids"]]), use_cache=False).logits[0]
        moved = golden.difference(got, expected[f"logits.{i}"])
        worst = max(worst, moved)
        if not moved <= TOLERANCE:
            faults.append(f"row {i} differs by {moved:.1e}")
    return faults, worst


def tensor_faults(folder, case):
    written = {}
    for file in sorted(folder.glob("model*.safetensors")):
        written |= golden.tensors(file)
    # Tensors that take no part need not come back.
    wanted = {n: v for n, v in golden.tensors(case / "model.safetensors").items() if ".mtp_layers." not in n}
    faults = [f"{name} is missing" for name in sorted(wanted.keys() - written.keys())]
    faults += [f"{name} is unknown" for name in sorted(written.keys() - wanted.keys()) if ".mtp_layers." not in name]
    for name in sorted(wanted.keys() & written.keys()):
        if written[name].shape != wanted[name].shape or golden.difference(written[name], wanted[name]) > TOLERANCE:
            faults.append(f"{name} holds other values")
    return faults


def known(folder, config):
    try:
        AutoConfig.for_model(json.loads((folder / (config or "config.json")).read_text())["model_type"])
        return True
    except ValueError:
        return False


def faults_of(folder, config):
    """What is wrong with one model, and a word on what was compared."""
    case = golden.folder("core", "decoder") / folder.name
    if not (case / "sheet.json").exists():
        return [f"no golden case is called {folder.name}"], "nothing compared"
    if not known(folder, config):
        return tensor_faults(folder, case), "transformers does not have it; tensors compared"
    try:
        model, faults = opened(folder, config, json.loads((case / "sheet.json").read_text())["attention"])
    except Exception as error:  # Whatever keeps transformers from opening it is the finding.
        return [f"{type(error).__name__}: {error}"], "not opened"
    differing, worst = logit_faults(model, case)
    return faults + differing, f"logits differ by {worst:.1e}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--config", metavar="NAME")
    given = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    failed = 0
    for folder in models(given.folders):
        faults, compared = faults_of(folder, given.config)
        failed += bool(faults)
        print(f"{folder.name:20s} {'FAULT' if faults else 'ok':5s} {compared}" + "".join(f"; {f}" for f in faults[:SHOWN]))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
