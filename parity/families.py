"""The cases of `decoder_gradients.py`: for each, a tiny config and what must be true of it.

A case gives the keys of its config as transformers 4 names them. Version 5 understands those; where it does not, `new`
says what it takes instead.
"""

import collections.abc
import copy
import dataclasses

from transformers import AutoConfig, LlamaConfig, MistralConfig, PreTrainedConfig, Qwen2Config, Qwen3Config

SHORT, LONG = (7, 19, 31), (6, 25, 44)
SIZE = dict(vocab_size=96, hidden_size=32, intermediate_size=24, num_hidden_layers=2, rms_norm_eps=1e-5)
HEADS = dict(num_attention_heads=4, num_key_value_heads=2)
# Two wide heads give eight rotary frequencies; a small base spreads them over the short rows.
WIDE = dict(num_attention_heads=2, num_key_value_heads=1, tie_word_embeddings=True)
UNSCALED = {"rope_type": "default", "rope_theta": 100.0}


@dataclasses.dataclass
class Case:
    """A tiny model."""

    model_type: str = None
    # The config's keys in the names of transformers 4; absent for the cases whose config was made by version 5.
    keys: dict = None
    config: PreTrainedConfig = None
    # Lengths of the rows: beyond windows, chunks and original lengths of scaled rotary tables.
    lengths: tuple = (5, 14, 23)
    # Changes of the config under which the logits must differ.
    matters: dict = dataclasses.field(default_factory=dict)
    # Keys that version 5 reads in the place of those of `keys`; None drops one.
    new: dict = dataclasses.field(default_factory=dict)
    attention: str = "eager"
    # What a reader of the sheet has to know.
    note: str = None
    # Changes the model after it is built.
    change: collections.abc.Callable = None

    def changed(self, model):
        if self.change:
            self.change(model)
        return model

    def make_config(self):
        if self.config is None:
            # Version 5 writes into the dictionaries that it is given.
            keys = copy.deepcopy({**TOKENS, **self.keys, **self.new})
            dropped = {key for key, value in self.new.items() if value is None}
            self.config = AutoConfig.for_model(self.model_type, **{k: v for k, v in keys.items() if k not in dropped})
        self.config.bos_token_id, self.config.eos_token_id, self.config.pad_token_id = 1, 2, None
        return self.config


TOKENS = dict(bos_token_id=1, eos_token_id=2, pad_token_id=None)


def llama_rope(limit, **rope):
    parameters = {"rope_theta": 100.0, **rope}
    return LlamaConfig(**SIZE, **WIDE, max_position_embeddings=limit, rope_parameters=parameters)


# Cases whose config_old.json is derived from the config of version 5 alone.
FIRST = {
    "llama": Case(config=LlamaConfig(**SIZE, **HEADS), lengths=SHORT, matters={"rms_norm_eps": 1e-2}),
    "llama_biases": Case(
        config=LlamaConfig(**SIZE, **HEADS, attention_bias=True, mlp_bias=True, tie_word_embeddings=True),
        lengths=SHORT,
    ),
    "llama_rope_linear": Case(
        config=llama_rope(64, rope_type="linear", factor=4.0), lengths=LONG, matters={"rope_parameters": UNSCALED}
    ),
    "llama_rope_dynamic": Case(
        config=llama_rope(16, rope_type="dynamic", factor=2.0), lengths=LONG, matters={"rope_parameters": UNSCALED}
    ),
    "llama_rope_yarn": Case(
        config=llama_rope(
            64, rope_type="yarn", factor=4.0, original_max_position_embeddings=16, beta_fast=2.0, beta_slow=0.25
        ),
        lengths=LONG,
        matters={"rope_parameters": UNSCALED},
    ),
    "llama_rope_llama3": Case(
        config=llama_rope(
            64,
            rope_type="llama3",
            factor=4.0,
            original_max_position_embeddings=16,
            low_freq_factor=1.0,
            high_freq_factor=4.0,
        ),
        lengths=LONG,
        matters={"rope_parameters": UNSCALED},
    ),
    "mistral_window": Case(
        config=MistralConfig(**SIZE, **HEADS, head_dim=6, sliding_window=8, tie_word_embeddings=True),
        lengths=SHORT,
        matters={"sliding_window": 9},
    ),
    "qwen2": Case(
        config=Qwen2Config(**SIZE, **HEADS, tie_word_embeddings=True), lengths=SHORT, matters={"rms_norm_eps": 1e-2}
    ),
    "qwen3": Case(
        config=Qwen3Config(**SIZE, **HEADS, head_dim=12, tie_word_embeddings=False),
        lengths=SHORT,
        matters={"rms_norm_eps": 1e-2},
    ),
}

# Widths that no two of are equal, so that a swapped pair of dimensions cannot pass: heads x head size 32, hidden 24.
SMALL = dict(
    vocab_size=64,
    hidden_size=24,
    intermediate_size=20,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=128,
)
RMS = dict(rms_norm_eps=1e-5)
HEAD8 = dict(head_dim=8)
# For families whose head size is hidden size / heads: 6.
EVEN = SMALL
# And where a share of the head rotates: 8.
WIDER = dict(SMALL, hidden_size=32, intermediate_size=12)
# Without grouped heads three of size 8 keep it small.
MULTI = {k: v for k, v in dict(SMALL, num_attention_heads=3).items() if k != "num_key_value_heads"}
ROPE = dict(rope_theta=100.0)


def case(model_type, *parts, matters=None, new=None, lengths=(5, 14, 23), attention="eager", note=None, **keys):
    merged = {}
    for part in parts:
        merged.update(part)
    merged.update(keys)
    return Case(
        model_type=model_type,
        keys=merged,
        matters=matters or {},
        new=new or {},
        lengths=lengths,
        attention=attention,
        note=note,
    )


GEMMA = dict(hidden_activation="gelu_pytorch_tanh", tie_word_embeddings=True)
GRANITE = dict(
    embedding_multiplier=3.0, attention_multiplier=0.2, residual_multiplier=0.6, logits_scaling=2.5, rope_theta=100.0
)

DENSE = {
    "qwen2_sw": case(
        "qwen2",
        EVEN,
        RMS,
        ROPE,
        num_hidden_layers=3,
        intermediate_size=12,
        use_sliding_window=True,
        sliding_window=8,
        max_window_layers=1,
        tie_word_embeddings=True,
        matters={"sliding_window": 9},
    ),
    "gemma": case(
        "gemma",
        SMALL,
        RMS,
        HEAD8,
        ROPE,
        num_key_value_heads=1,
        hidden_act="gelu_pytorch_tanh",
        hidden_activation="gelu_pytorch_tanh",
        tie_word_embeddings=True,
        matters={"hidden_act": "relu"},
    ),
    "gemma2": case(
        "gemma2",
        SMALL,
        RMS,
        HEAD8,
        ROPE,
        GEMMA,
        query_pre_attn_scalar=6,
        sliding_window=8,
        attn_logit_softcapping=3.0,
        final_logit_softcapping=2.0,
        matters={"attn_logit_softcapping": 2.5},
    ),
    "gemma3": case(
        "gemma3_text",
        SMALL,
        RMS,
        HEAD8,
        GEMMA,
        num_hidden_layers=3,
        intermediate_size=12,
        query_pre_attn_scalar=6,
        sliding_window=8,
        sliding_window_pattern=3,
        rope_theta=1000.0,
        rope_local_base_freq=50.0,
        rope_scaling={"rope_type": "linear", "factor": 4.0},
        matters={"sliding_window": 9},
    ),
    "phi": case(
        "phi",
        MULTI,
        ROPE,
        layer_norm_eps=1e-5,
        partial_rotary_factor=0.5,
        hidden_act="gelu_new",
        tie_word_embeddings=False,
        matters={"layer_norm_eps": 1e-2},
    ),
    "phi_qk_norm": case(
        "phi",
        WIDER,
        ROPE,
        layer_norm_eps=1e-5,
        partial_rotary_factor=0.5,
        hidden_act="gelu_new",
        qk_layernorm=True,
        tie_word_embeddings=True,
        matters={"layer_norm_eps": 1e-2},
    ),
    "phi3": case(
        "phi3",
        EVEN,
        RMS,
        ROPE,
        sliding_window=8,
        original_max_position_embeddings=128,
        tie_word_embeddings=True,
        matters={"sliding_window": 9},
    ),
    "phi3_longrope": case(
        "phi3",
        WIDER,
        RMS,
        ROPE,
        num_attention_heads=2,
        num_key_value_heads=1,
        partial_rotary_factor=0.75,
        max_position_embeddings=64,
        original_max_position_embeddings=16,
        rope_scaling={
            "type": "longrope",
            "short_factor": [1.0, 1.1, 1.2, 1.3, 1.4, 1.5],
            "long_factor": [2.0, 2.3, 2.6, 2.9, 3.2, 3.5],
        },
        tie_word_embeddings=False,
        matters={"max_position_embeddings": 128},
    ),
    "gpt2": case(
        "gpt2",
        vocab_size=64,
        n_embd=24,
        n_layer=2,
        n_head=3,
        n_positions=32,
        n_inner=40,
        layer_norm_epsilon=1e-5,
        activation_function="gelu_new",
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        matters={"layer_norm_epsilon": 1e-2},
    ),
    "gpt2_scaled": case(
        "gpt2",
        vocab_size=64,
        n_embd=16,
        n_layer=2,
        n_head=2,
        n_positions=32,
        n_inner=None,
        scale_attn_by_inverse_layer_idx=True,
        tie_word_embeddings=False,
        matters={"scale_attn_by_inverse_layer_idx": False},
        note="without tied embeddings; the dropouts of the config are 0.1, which evaluation does not apply",
    ),
    "gpt_neox": case(
        "gpt_neox",
        MULTI,
        layer_norm_eps=1e-5,
        rotary_pct=0.25,
        rotary_emb_base=100,
        use_parallel_residual=True,
        tie_word_embeddings=False,
        matters={"layer_norm_eps": 1e-2},
    ),
    "gpt_neox_seq": case(
        "gpt_neox",
        MULTI,
        layer_norm_eps=1e-5,
        rotary_pct=0.5,
        rotary_emb_base=100,
        use_parallel_residual=False,
        attention_bias=False,
        tie_word_embeddings=True,
        matters={"use_parallel_residual": True},
    ),
    "granite": case(
        "granite",
        EVEN,
        RMS,
        GRANITE,
        tie_word_embeddings=True,
        matters={"residual_multiplier": 0.7},
    ),
    "granite_biases": case(
        "granite",
        EVEN,
        RMS,
        GRANITE,
        attention_bias=True,
        mlp_bias=True,
        attention_dropout=0.1,
        tie_word_embeddings=False,
        matters={"attention_multiplier": 0.3},
        note="the dropout of the config is 0.1, which evaluation does not apply",
    ),
    "glm": case(
        "glm",
        SMALL,
        HEAD8,
        ROPE,
        rms_norm_eps=1e-4,
        partial_rotary_factor=0.5,
        attention_bias=True,
        tie_word_embeddings=False,
        matters={"rms_norm_eps": 1e-2},
    ),
    "glm4": case(
        "glm4",
        SMALL,
        HEAD8,
        ROPE,
        rms_norm_eps=1e-4,
        partial_rotary_factor=0.5,
        attention_bias=True,
        tie_word_embeddings=False,
        matters={"rms_norm_eps": 1e-2},
    ),
    "olmo": case(
        "olmo", EVEN, ROPE, clip_qkv=0.8, tie_word_embeddings=True, matters={"clip_qkv": 0.9}
    ),
    "olmo2": case(
        "olmo2", EVEN, ROPE, RMS, tie_word_embeddings=False, matters={"rms_norm_eps": 1e-2}
    ),
    "olmo3": case(
        "olmo3",
        EVEN,
        RMS,
        ROPE,
        num_hidden_layers=3,
        intermediate_size=12,
        layer_types=["sliding_attention", "full_attention", "sliding_attention"],
        sliding_window=8,
        tie_word_embeddings=True,
        matters={"sliding_window": 9},
    ),
    "cohere": case(
        "cohere",
        EVEN,
        ROPE,
        layer_norm_eps=1e-5,
        logit_scale=0.25,
        tie_word_embeddings=True,
        matters={"logit_scale": 0.3},
    ),
    "cohere_qk_norm": case(
        "cohere",
        EVEN,
        ROPE,
        layer_norm_eps=1e-5,
        logit_scale=0.25,
        use_qk_norm=True,
        attention_bias=True,
        tie_word_embeddings=True,
        matters={"layer_norm_eps": 1e-2},
    ),
    "cohere2": case(
        "cohere2",
        EVEN,
        ROPE,
        num_hidden_layers=3,
        intermediate_size=12,
        layer_norm_eps=1e-5,
        logit_scale=0.25,
        sliding_window=8,
        sliding_window_pattern=3,
        tie_word_embeddings=True,
        matters={"sliding_window": 9},
    ),
    "starcoder2": case(
        "starcoder2",
        EVEN,
        ROPE,
        norm_epsilon=1e-5,
        use_bias=True,
        sliding_window=8,
        hidden_act="gelu_pytorch_tanh",
        tie_word_embeddings=True,
        residual_dropout=0.1,
        attention_dropout=0.1,
        matters={"sliding_window": 9},
        note="the dropouts of the config are 0.1, which evaluation does not apply",
    ),
    "stablelm": case(
        "stablelm",
        WIDER,
        ROPE,
        num_attention_heads=2,
        num_key_value_heads=1,
        layer_norm_eps=1e-5,
        partial_rotary_factor=0.25,
        use_qkv_bias=True,
        tie_word_embeddings=False,
        matters={"layer_norm_eps": 1e-2},
    ),
    "stablelm_parallel": case(
        "stablelm",
        WIDER,
        ROPE,
        layer_norm_eps=1e-5,
        partial_rotary_factor=0.5,
        use_parallel_residual=True,
        tie_word_embeddings=True,
        matters={"layer_norm_eps": 1e-2},
    ),
    "stablelm_qk_norm": case(
        "stablelm",
        WIDER,
        ROPE,
        layer_norm_eps=1e-5,
        partial_rotary_factor=0.5,
        qk_layernorm=True,
        tie_word_embeddings=True,
        matters={"layer_norm_eps": 1e-2},
    ),
    "smollm3": case(
        "smollm3",
        EVEN,
        RMS,
        ROPE,
        num_hidden_layers=3,
        intermediate_size=12,
        no_rope_layer_interval=2,
        tie_word_embeddings=True,
        matters={"no_rope_layers": [1, 1, 1]},
    ),
}

CASES = {**FIRST, **DENSE}
