"""Does PEFT read the adapter folders that this library wrote for every family, and does it compute the same logits?

usage: python parity/peft_loads_families.py EXPORT [NAME...]

EXPORT is what `mvn -pl adapters -am test -Dtest=FamilyFoldersTest -Dpeft.export=EXPORT` left: NAME/adapter and
NAME/logits.safetensors for each case NAME below core/src/test/resources/golden/decoder, adapters on every linear map; behind a plus in NAME stand
modules trained whole.
Runs under transformers 4, where experts are modules and PEFT finds each by its name, and under transformers 5, where the
experts of a block are one tensor: there folders with adapters of single experts go through transformers' own `load_adapter`,
which converts them, and where that cannot, the updates are added to the checkpoint's matrices by name.
Prints one line a case; exits 1 when one has a fault.
"""

import json
import pathlib
import re
import sys
import tempfile
import warnings

import torch
import transformers
from peft import PeftModel
from safetensors.torch import load_file, save_file

import golden
from peft_loads_ours import config_faults, key_faults
from transformers_opens_ours import known, opened

TOLERANCE = 2e-5
EXPERT = re.compile(r"\.\d+\..*\.\d+\.[^.]+\.lora_A\.weight$")
OLD = transformers.__version__.startswith("4.")


def base(case):
    """The model of a case; the faults of its own loading are another script's matter."""
    return opened(case, "config_old.json" if OLD else None, json.loads((case / "sheet.json").read_text())["attention"])[0]


def merged(case, adapter):
    """The model of a checkpoint to whose matrices the updates were added, module by module."""
    config = json.loads((adapter / "adapter_config.json").read_text())
    factors = load_file(adapter / "adapter_model.safetensors")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for file in ("config.json", "config_old.json", "sheet.json"):
            (folder / file).write_text((case / file).read_text())
        tensors = load_file(case / "model.safetensors")
        for name, a in factors.items():
            if ".lora_A." in name:
                module = name.removeprefix("base_model.model.").removesuffix(".lora_A.weight")
                delta = factors[name.replace(".lora_A.", ".lora_B.")] @ a * config["lora_alpha"] / config["r"]
                tensors[module + ".weight"] += delta.T if config["fan_in_fan_out"] else delta
        save_file(tensors, folder / "model.safetensors", {"format": "pt"})
        return base(folder)


def of_experts(adapter):
    return any(EXPERT.search(name) for name in load_file(adapter / "adapter_model.safetensors"))


def with_adapter(case, adapter):
    """The adapted model, how it came about, and what is amiss."""
    if of_experts(adapter) and not OLD:
        try:
            model = base(case)
            model.load_adapter(str(adapter))
            return model.eval(), "load_adapter", []
        except Exception as error:  # Which families it can convert is not for this script to know.
            how = f"by name, since load_adapter says {type(error).__name__}: {str(error).strip().splitlines()[0][:60]}"
            return merged(case, adapter), how, []
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model = PeftModel.from_pretrained(base(case), adapter).eval()
    faults = [str(w.message)[:200] for w in told if "missing" in str(w.message) or "fan_in" in str(w.message)]
    # A tied head that PEFT does not wrap takes its values from the file as the model's own parameter.
    own = {f"PEFT does not know base_model.model.{name}" for name in model.base_model.model.state_dict()}
    return model, "PEFT", faults + config_faults(adapter) + [f for f in key_faults(model, adapter) if f not in own]


def apart(model, logits):
    """Largest difference over rows, of the largest logit."""
    worst = 0.0
    for i in range(sum(name.startswith("logits.") for name in logits)):
        ids = logits[f"input_ids.{i}"].long()[None]
        with torch.no_grad():
            worst = max(worst, golden.difference(logits[f"logits.{i}"], model(input_ids=ids, use_cache=False).logits[0]))
    return worst


def faults_of(folder):
    case = golden.folder("core", "decoder") / folder.name.split("+")[0]
    if not known(case, "config_old.json" if OLD else None):
        return [], "transformers does not have it"
    logits = load_file(folder / "logits.safetensors")
    try:
        plain = apart(base(case), logits)
        model, how, faults = with_adapter(case, folder / "adapter")
    except Exception as error:  # Whatever keeps PEFT from reading it is the finding.
        return [f"{type(error).__name__}: {str(error)[:300]}"], "not read"
    differs = apart(model, logits)
    if not differs <= TOLERANCE:
        faults.append("logits differ")
    if plain < 100 * TOLERANCE:
        faults.append("the adapter hardly changes the model")
    return faults, f"{how}: logits differ by {differs:.1e}, by {plain:.1e} without the adapter"


def main(export, *names):
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    failed = 0
    for folder in sorted(pathlib.Path(export).iterdir()):
        if names and folder.name not in names:
            continue
        faults, compared = faults_of(folder)
        failed += bool(faults)
        print(f"{folder.name:28s} {'FAULT' if faults else 'ok':5s} {compared}" + "".join(f"; {f}" for f in faults[:4]), flush=True)
    return bool(failed)


if __name__ == "__main__":
    torch.set_num_threads(1)
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
