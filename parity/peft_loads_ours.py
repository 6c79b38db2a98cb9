"""Does PEFT read an adapter folder that this library wrote, and does it compute the same logits?

usage: python parity/peft_loads_ours.py MODEL ADAPTER LOGITS.safetensors [INPUTS.json]

MODEL is a Hugging Face folder, ADAPTER a folder with adapter_config.json and adapter_model.safetensors. LOGITS holds
`logits.i` [length, vocabulary] for each row i, computed by this library with MODEL and ADAPTER in float32. The rows are
`input_ids.i` (int64 [length]) in the same file, or {"rows": [{"input_ids": [...]}, ...]} in INPUTS.
Exits 1 when a key of the folder is missing or unknown to PEFT, or a row differs by more than 1e-5 of its largest logit.
"""

import json
import pathlib
import sys

import torch
from peft import PeftConfig, PeftModel, get_peft_model_state_dict
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

import golden

TOLERANCE = 1e-5
# Without these PEFT would fall back to a default or refuse the folder.
REQUIRED = {"peft_type", "task_type", "r", "lora_alpha", "target_modules", "base_model_name_or_path", "bias", "use_rslora"}


def rows(given, logits):
    if given:
        return [row["input_ids"] for row in json.loads(pathlib.Path(given).read_text())["rows"]]
    count = sum(name.startswith("logits.") for name in logits)
    return [logits[f"input_ids.{i}"].tolist() for i in range(count)]


def key_faults(model, folder):
    written = load_file(f"{folder}/adapter_model.safetensors")
    expected = get_peft_model_state_dict(model, save_embedding_layers=False)
    faults = [f"PEFT misses {name}" for name in expected.keys() - written.keys()]
    faults += [f"PEFT does not know {name}" for name in written.keys() - expected.keys()]
    for name in written.keys() & expected.keys():
        if not torch.equal(written[name].float(), expected[name].float()):
            faults.append(f"PEFT holds other values for {name}")
    return faults


def config_faults(folder):
    text = json.loads(pathlib.Path(folder, "adapter_config.json").read_text())
    known = PeftConfig.from_pretrained(folder).to_dict().keys() | {"peft_version"}
    faults = [f"adapter_config.json lacks {key}" for key in sorted(REQUIRED - text.keys())]
    return faults + [f"adapter_config.json has {key}, which PEFT drops" for key in sorted(text.keys() - known)]


def logit_faults(model, base_logits, ids, logits):
    faults, moved = [], 0.0
    for i, row in enumerate(ids):
        with torch.no_grad():
            theirs = model(input_ids=torch.tensor([row]), use_cache=False).logits[0]
        ours = logits[f"logits.{i}"]
        if ours.shape != theirs.shape:
            faults.append(f"row {i}: shape {tuple(ours.shape)}, PEFT gives {tuple(theirs.shape)}")
            continue
        apart = golden.difference(ours, theirs)
        moved = max(moved, golden.difference(base_logits[i], theirs))
        print(f"row {i}: {len(row)} tokens, differs by {apart:.1e} of the largest logit")
        if not apart <= TOLERANCE:
            faults.append(f"row {i} differs by {apart:.1e}, allowed {TOLERANCE:.0e}")
    print(f"the adapter moves the base model's logits by up to {moved:.1e}")
    if moved < 10 * TOLERANCE:
        faults.append("the adapter hardly changes the model, so equal logits say nothing: use a trained one")
    return faults


def main(model_folder, adapter, logits_file, inputs=None):
    logits = load_file(logits_file)
    ids = rows(inputs, logits)
    base = AutoModelForCausalLM.from_pretrained(model_folder, dtype=torch.float32, attn_implementation="eager").eval()
    with torch.no_grad():
        plain = [base(input_ids=torch.tensor([row]), use_cache=False).logits[0] for row in ids]
    model = PeftModel.from_pretrained(base, adapter).eval()
    faults = config_faults(adapter) + key_faults(model, adapter) + logit_faults(model, plain, ids, logits)
    print("\n".join(faults) if faults else "PEFT reads the folder and agrees")
    return bool(faults)


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
