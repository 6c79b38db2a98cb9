"""Adapters on stacked experts as PEFT writes them, with the logits they give: golden/peft_experts of adapters' tests.

usage: python parity/peft_experts.py          under transformers 5.6.0 and PEFT 0.18.1
       python parity/peft_experts.py later    under transformers 5.6.0 and PEFT 0.21.2, which order the factors otherwise

The models are cases below core/src/test/resources/golden/decoder. B is not zero, so that every factor counts.
"""

import json
import pathlib
import shutil
import sys
import tempfile

import torch
import transformers
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file

import golden
from peft_loads_families import base

EXPERTS = ["mlp.experts.gate_up_proj", "mlp.experts.down_proj"]
GRANITE = ["block_sparse_moe.input_linear.weight", "block_sparse_moe.output_linear.weight"]

# Name: model, target_modules, target_parameters, further settings.
NOW = {
    "gpt_oss": ("gpt_oss", ["q_proj", "o_proj"], EXPERTS, {}),
    "granitemoe": ("granitemoe", [], GRANITE, {"use_rslora": True}),
    "llama4_gate_up": ("llama4", ["down_proj"], ["experts.gate_up_proj"], {}),
    # Modules are found in the shared layer alone.
    "qwen2_moe": ("qwen2_moe", ["q_proj", "gate_proj", "up_proj", "down_proj"], EXPERTS, {}),
    "qwen2_moe_modules": ("qwen2_moe", ["q_proj", "gate_proj", "up_proj", "down_proj"], None, {}),
    "mixtral": ("mixtral", ["v_proj"], EXPERTS, {"rank_pattern": {"gate_up_proj": 3}, "alpha_pattern": {"gate_up_proj": 9}}),
    "deepseek_v3_down": ("deepseek_v3", ["kv_b_proj"], ["experts.down_proj"], {}),
}
LATER = {
    "later_granitemoe": NOW["granitemoe"],
    "later_llama4": ("llama4", ["q_proj"], ["experts.gate_up_proj", "experts.down_proj"], {}),
    "later_gpt_oss": NOW["gpt_oss"],
    "later_qwen2_moe": NOW["qwen2_moe"],
}


def write(name, case, modules, parameters, more):
    torch.manual_seed(len(name))
    model = base(golden.folder("core", "decoder") / case)
    config = LoraConfig(
        r=2, lora_alpha=5, target_modules=modules, target_parameters=parameters, task_type="CAUSAL_LM", **more
    )
    model = get_peft_model(model, config).eval()
    for parameter_name, parameter in model.named_parameters():
        if "lora_" in parameter_name:
            torch.nn.init.normal_(parameter, std=0.3)
    folder = golden.folder("adapters", "peft_experts") / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as saved:
        model.save_pretrained(saved)
        written = json.loads((pathlib.Path(saved) / "adapter_config.json").read_text())
        written["base_model_name_or_path"] = f"tiny-{case}"
        (folder / "adapter_config.json").write_text(json.dumps(written, indent=2, sort_keys=True) + "\n")
        tensors = load_file(pathlib.Path(saved) / "adapter_model.safetensors")
    save_file(tensors, folder / "adapter_model.safetensors", {"format": "pt"})
    ids = torch.tensor([[3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]])
    with torch.no_grad():
        logits = model(input_ids=ids, use_cache=False).logits[0]
    save_file({"input_ids": ids[0].to(torch.int32), "logits": logits.contiguous()}, folder / "logits.safetensors")
    print(name, sorted({key.split(".lora_")[0].split("layers.")[1].split(".", 1)[1] for key in tensors}))


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)
    for name, given in (LATER if sys.argv[1:] == ["later"] else NOW).items():
        write(name, *given)
