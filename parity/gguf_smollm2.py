"""Makes GGUF files of a Llama-like model folder such as SmolLM2-135M-Instruct, and the float32 folder that Transformers makes of each.

    gguf_smollm2.py MODEL OUT [TYPE...]      TYPE: F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, ... (default F16 Q8_0)

writes OUT/<model>-<TYPE>.gguf, named and laid out as llama.cpp's converter does, tokenizer and chat template included, and
OUT/<model>-<TYPE>-float32/, which holds that file's weights widened by Transformers with the tokenizer of MODEL beside
them. The types with a K, which the python package `gguf` cannot make, get scales by plain rounding: good enough to compare
readers, not to talk to.
"""

import argparse
import json
import pathlib
import shutil

import numpy as np
import torch
import transformers
from gguf import GGMLQuantizationType, GGUFWriter, LlamaFileType, TokenType, get_tensor_name_map, quantize
from gguf.constants import MODEL_ARCH
from safetensors.torch import load_file

TOKENIZER = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.json", "merges.txt", "chat_template.jinja"]


def permuted(weight, heads):
    return weight.reshape(heads, 2, weight.shape[0] // heads // 2, weight.shape[1]).transpose(1, 2).reshape(weight.shape)


def tokenizer(writer, folder, vocabulary, pre):
    """Tokens in id order with their kinds, merges, the ids of special tokens, the chat template."""
    kept = json.loads((folder / "tokenizer.json").read_text())
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    ids = dict(kept["model"]["vocab"])
    special = {token["content"]: token for token in kept["added_tokens"]}
    ids.update({content: token["id"] for content, token in special.items()})
    words = {index: content for content, index in ids.items()}
    tokens, kinds = [], []
    for index in range(vocabulary):
        if index not in words:
            tokens.append(f"[PAD{index}]")
            kinds.append(TokenType.UNUSED)
            continue
        tokens.append(words[index])
        token = special.get(words[index])
        kinds.append(TokenType.NORMAL if token is None else TokenType.CONTROL if token["special"] else TokenType.USER_DEFINED)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    merges = kept["model"]["merges"]
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in merges])
    config = json.loads((folder / "config.json").read_text())
    for key, add in (
        ("bos_token", writer.add_bos_token_id),
        ("eos_token", writer.add_eos_token_id),
        ("unk_token", writer.add_unk_token_id),
        ("pad_token", writer.add_pad_token_id),
    ):
        value = settings.get(key)
        content = value["content"] if isinstance(value, dict) else value
        # The config first: what Transformers saves after reading a GGUF file may name the wrong end token.
        index = config.get(f"{key}_id", ids.get(content))
        if index is not None:
            add(index)
    for key, add in (("add_bos_token", writer.add_add_bos_token), ("add_eos_token", writer.add_add_eos_token)):
        if key in settings:
            add(bool(settings[key]))
    if "add_prefix_space" in settings:
        writer.add_add_space_prefix(bool(settings["add_prefix_space"]))
    template = folder / "chat_template.jinja"
    writer.add_chat_template(template.read_text() if template.exists() else settings["chat_template"])


def half(values):
    return np.ascontiguousarray(values.astype(np.float16)).view(np.uint8)


def six_bits(scales, minimums):
    """Eight scales and eight minimums of six bits in twelve bytes."""
    packed = np.zeros((len(scales), 12), dtype=np.uint8)
    packed[:, 0:4] = scales[:, :4] | (scales[:, 4:] >> 4) << 6
    packed[:, 4:8] = minimums[:, :4] | (minimums[:, 4:] >> 4) << 6
    packed[:, 8:12] = scales[:, 4:] & 15 | (minimums[:, 4:] & 15) << 4
    return packed


def q4_k(weight):
    runs = weight.reshape(-1, 8, 32).astype(np.float32)
    low = np.minimum(runs.min(-1), 0)
    step = (runs.max(-1) - low) / 15
    d, m = step.max(-1, keepdims=True) / 63, -low.min(-1, keepdims=True) / 63
    scales = np.rint(np.divide(step, d, out=np.zeros_like(step), where=d > 0)).astype(np.uint8)
    minimums = np.rint(np.divide(-low, m, out=np.zeros_like(low), where=m > 0)).astype(np.uint8)
    d16, m16 = d.astype(np.float16).astype(np.float32), m.astype(np.float16).astype(np.float32)
    width = (d16 * scales)[..., None]
    shifted = runs + (m16 * minimums)[..., None]
    codes = np.clip(np.rint(np.divide(shifted, width, out=np.zeros_like(runs), where=width > 0)), 0, 15).astype(np.uint8)
    pairs = codes.reshape(-1, 4, 2, 32)
    nibbles = (pairs[:, :, 0] | pairs[:, :, 1] << 4).reshape(-1, 128)
    return np.concatenate([half(d), half(m), six_bits(scales, minimums), nibbles], axis=1)


def q6_k(weight):
    runs = weight.reshape(-1, 16, 16).astype(np.float32)
    step = np.abs(runs).max(-1) / 31
    d = step.max(-1, keepdims=True) / 127
    scales = np.rint(np.divide(step, d, out=np.zeros_like(step), where=d > 0)).astype(np.int8)
    width = (d.astype(np.float16).astype(np.float32) * scales)[..., None]
    codes = np.clip(np.rint(np.divide(runs, width, out=np.zeros_like(runs), where=width > 0)), -32, 31) + 32
    q = codes.astype(np.uint8).reshape(-1, 2, 4, 32)
    low = np.stack([q[:, :, 0] & 15 | (q[:, :, 2] & 15) << 4, q[:, :, 1] & 15 | (q[:, :, 3] & 15) << 4], axis=2)
    high = q[:, :, 0] >> 4 | (q[:, :, 1] >> 4) << 2 | (q[:, :, 2] >> 4) << 4 | (q[:, :, 3] >> 4) << 6
    return np.concatenate(
        [low.reshape(-1, 128), high.reshape(-1, 64), scales.view(np.uint8).reshape(-1, 16), half(d)], axis=1
    )


BY_HAND = {"Q4_K": (q4_k, 144), "Q6_K": (q6_k, 210)}


def stored(weight, kind):
    """Bytes of a tensor and their type; rows that blocks of 256 do not fill fall back as llama.cpp's do."""
    if weight.dim() < 2:
        return weight.numpy(), GGMLQuantizationType.F32
    if kind in BY_HAND and weight.shape[1] % 256 == 0:
        pack, size = BY_HAND[kind]
        return pack(weight.numpy()).reshape(weight.shape[0], -1), GGMLQuantizationType[kind]
    kind = {"Q4_K": "Q5_0", "Q6_K": "Q8_0"}.get(kind, kind)
    return quantize(weight.contiguous().numpy(), GGMLQuantizationType[kind]), GGMLQuantizationType[kind]


def write(path, folder, kind, pre):
    settings = transformers.AutoConfig.from_pretrained(folder)
    tensors = load_file(folder / "model.safetensors")
    writer = GGUFWriter(str(path), "llama")
    writer.add_type("model")
    writer.add_name(folder.name)
    writer.add_block_count(settings.num_hidden_layers)
    writer.add_context_length(settings.max_position_embeddings)
    writer.add_embedding_length(settings.hidden_size)
    writer.add_feed_forward_length(settings.intermediate_size)
    writer.add_head_count(settings.num_attention_heads)
    writer.add_head_count_kv(settings.num_key_value_heads)
    writer.add_layer_norm_rms_eps(settings.rms_norm_eps)
    writer.add_rope_freq_base(settings.rope_parameters["rope_theta"])
    writer.add_rope_dimension_count(settings.hidden_size // settings.num_attention_heads)
    writer.add_vocab_size(settings.vocab_size)
    names = {f"MOSTLY_{kind}": f"MOSTLY_{kind}", "MOSTLY_F32": "ALL_F32", "MOSTLY_Q4_K": "MOSTLY_Q4_K_S"}
    writer.add_file_type(LlamaFileType[names[f"MOSTLY_{kind}"]])
    writer.add_quantization_version(2)
    tokenizer(writer, folder, settings.vocab_size, pre)
    translation = get_tensor_name_map(MODEL_ARCH.LLAMA, settings.num_hidden_layers)
    for name, weight in tensors.items():
        weight = weight.float()
        if ".q_proj." in name:
            weight = permuted(weight, settings.num_attention_heads)
        if ".k_proj." in name:
            weight = permuted(weight, settings.num_key_value_heads)
        data, as_type = stored(weight.contiguous(), kind)
        writer.add_tensor(translation.get_name(name, try_suffixes=(".weight",)), data, raw_dtype=as_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def widened(path, folder, target):
    """The folder that Transformers makes of the file."""
    model = transformers.AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
    model.save_pretrained(target)
    for name in TOKENIZER:
        if (folder / name).exists():
            shutil.copy(folder / name, target / name)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("types", nargs="*", default=["F16", "Q8_0"])
    parser.add_argument("--pre", default="smollm", help="tokenizer.ggml.pre: which pre-tokenizer the model has")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for kind in arguments.types:
        path = arguments.out / f"{arguments.model.name}-{kind}.gguf"
        write(path, arguments.model, kind, arguments.pre)
        widened(path, arguments.model, arguments.out / f"{arguments.model.name}-{kind}-float32")
        print(f"{path}: {path.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
