"""Run by transformers 4: replaces the drafts of config_old.json by what that version writes, and compares its logits.

usage: python4 parity/old_configs.py [NAME ...]

Where version 4 does not know a family, the draft stays. The sheet says which.
"""

import json
import shutil
import sys
import tempfile

import torch
import transformers
from transformers import AutoConfig, AutoModelForCausalLM

import golden
from published import as_published

UNKNOWN = "derived by hand: transformers {version} does not know this family"
CHECKED = "written by transformers {version}, whose logits differ by {difference:.1e}"


def decoder_folders(names):
    for path in sorted(golden.folder("core", "decoder").iterdir()):
        sheet = path / "sheet.json"
        if sheet.exists() and (path.name in names if names else "old_config" in json.loads(sheet.read_text())):
            yield path


def opened(path, attention):
    """The case as version 4 opens it from the config with old keys."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(path / "model.safetensors", folder)
        shutil.copy(path / "config_old.json", folder + "/config.json")
        model, report = AutoModelForCausalLM.from_pretrained(
            folder, attn_implementation=attention, dtype=torch.float32, output_loading_info=True
        )
    if any(report[kind] for kind in ("missing_keys", "unexpected_keys", "mismatched_keys")):
        raise AssertionError(f"{path.name}: {report}")
    return as_published(model.eval())


def difference(model, path):
    expected = golden.tensors(path / "expected.safetensors")
    worst = 0.0
    for i, row in enumerate(json.loads((path / "inputs.json").read_text())["rows"]):
        with torch.no_grad():
            got = model(input_ids=torch.tensor([row["input_ids"]]), use_cache=False).logits[0]
        worst = max(worst, golden.difference(got, expected[f"logits.{i}"]))
    return worst


def known(path):
    try:
        AutoConfig.for_model(json.loads((path / "config_old.json").read_text())["model_type"])
        return True
    except ValueError:
        return False


def written(model):
    keys = json.loads(model.config.to_json_string())
    keys.pop("_name_or_path", None)
    return keys


def renew(path):
    sheet = json.loads((path / "sheet.json").read_text())
    facts = {"version": transformers.__version__}
    if not known(path):
        sheet["old_config"] = UNKNOWN.format(**facts)
    else:
        model = opened(path, sheet["attention"])
        found = difference(model, path)
        if found > sheet["tolerance"]["forward"]:
            raise AssertionError(f"{path.name}: logits differ by {found}")
        sheet["old_config"] = CHECKED.format(difference=found, **facts)
        golden.write_json(path / "config_old.json", written(model))
    golden.write_json(path / "sheet.json", sheet)
    print(f"{path.name:20s} {sheet['old_config']}")


if __name__ == "__main__":
    if not transformers.__version__.startswith("4."):
        sys.exit("this script wants transformers 4; see README.md")
    torch.set_num_threads(1)
    for folder in decoder_folders(sys.argv[1:]):
        renew(folder)
