package dev.finetune4j.core.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.model.config.Architecture;
import org.junit.jupiter.api.Test;

class PluginsTest {
    /** A kind of plugin of which there is none. */
    interface Nothing extends Plugin {}

    @Test
    void builtInPluginsAreFoundByName() {
        assertEquals("llama", Plugins.named(Architecture.class, "llama").name());
        assertTrue(Plugins.all(Architecture.class).size() >= 55);
    }

    @Test
    void unknownNameIsAnsweredWithTheKnownOnes() {
        String message = assertThrows(UnsupportedException.class, () -> Plugins.named(Architecture.class, "lama"))
                .getMessage();
        assertTrue(message.contains("\"lama\"") && message.contains("llama, llama4_text"), message);
        assertTrue(assertThrows(UnsupportedException.class, () -> Plugins.named(Nothing.class, "x"))
                .getMessage()
                .contains("Known: none"));
    }

    @Test
    void threadWithoutAContextLoaderFindsThemAsWell() throws Exception {
        String[] found = {""};
        Thread thread = new Thread(
                () -> found[0] = Plugins.named(Architecture.class, "qwen3").name());
        thread.setContextClassLoader(null);
        thread.start();
        thread.join();
        assertEquals("qwen3", found[0]);
    }
}
