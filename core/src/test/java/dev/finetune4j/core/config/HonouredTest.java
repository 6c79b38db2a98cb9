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
                        "flash_attn: fa2 (t.yaml:3): attention runs document by document in the kernel that a self-test"
                                + " picks",
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
    void settingsThatCountHaveNoNote() {
        assertTrue(notes("lora_rank: 4\nlearning_rate: 1e-3\ncutoff_len: 64\nwarmup_steps: 2\n")
                .isEmpty());
    }
}
