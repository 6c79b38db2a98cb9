package dev.finetune4j.core.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class HonouredTest {
    private static List<String> notes(String yaml) {
        Settings settings = new Settings().yaml("model_name_or_path: m\ndataset: d\n" + yaml, "t.yaml");
        return ArgumentsBinder.notes(settings).stream().map(Honoured::text).toList();
    }

    @Test
    void anEquivalentSaysWhatHonoursIt() {
        assertEquals(
                List.of(
                        "flash_attn: fa2 (t.yaml:3): attention runs document by document; the line about computing names"
                                + " the kernel",
                        "data_shared_file_system: true (t.yaml:4): one process reads and encodes the data"),
                notes("flash_attn: fa2\ndata_shared_file_system: true\n"));
    }

    @Test
    void defaultsNeedNoNote() {
        assertEquals(
                List.of(), notes("flash_attn: auto\nuse_reentrant_gc: True\nuse_unsloth: false\nddp_timeout: 1800\n"));
    }

    @Test
    void keysWithoutAnEffectSayWhy() {
        assertEquals(List.of("tpu_num_cores: 8 (t.yaml:3): there is no such device"), notes("tpu_num_cores: 8\n"));
        assertEquals(
                List.of("lora_rank: 4 (t.yaml:4): has no effect: only finetuning_type lora reads it"),
                notes("finetuning_type: full\nlora_rank: 4\n"));
        assertEquals(
                List.of("num_train_epochs: 2 (t.yaml:3): has no effect: max_steps says how long the run is"),
                notes("num_train_epochs: 2\nmax_steps: 4\n"));
    }

    @Test
    void optionsOfTheModelThatOthersHonourSaySo() {
        assertEquals(
                List.of(
                        "use_unsloth: true (t.yaml:3): every layer has a hand-written backward pass; nothing else is loaded",
                        "enable_liger_kernel: true (t.yaml:4): every layer has a hand-written backward pass and the head"
                                + " never holds all logits",
                        "low_cpu_mem_usage: false (t.yaml:5): weights are read one tensor at a time all the same",
                        "upcast_lmhead_output: true (t.yaml:6): the head's logits are float32 whatever else is computed"
                                + " in",
                        "use_unsloth_gc: true (t.yaml:7): the same as activations: offload",
                        "offload_folder: disk (t.yaml:8): no weight is ever moved to a folder; activations: offload"
                                + " keeps the inputs of blocks in host memory",
                        "infer_dtype: bfloat16 (t.yaml:9): has no effect: only a run that trains nothing reads it"),
                notes("""
                        use_unsloth: true
                        enable_liger_kernel: true
                        low_cpu_mem_usage: false
                        upcast_lmhead_output: true
                        use_unsloth_gc: true
                        offload_folder: disk
                        infer_dtype: bfloat16
                        """));
        assertEquals(
                List.of("moe_aux_loss_coef: 0.01 (t.yaml:5): has no effect: this run trains nothing"),
                notes("do_train: false\neval_dataset: e\nmoe_aux_loss_coef: 0.01\ndo_eval: true\n"));
    }

    @Test
    void settingsThatCountHaveNoNote() {
        assertTrue(notes("lora_rank: 4\nlearning_rate: 1e-3\ncutoff_len: 64\nwarmup_steps: 2\n")
                .isEmpty());
    }
}
