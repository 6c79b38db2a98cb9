package dev.finetune4j.core.config.finetuning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.config.data.PackingArguments;
import dev.finetune4j.core.error.ConfigException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoraArgumentsTest {
    private static final List<String> ALL = List.of("all");

    @Test
    void alphaIsTwiceTheRankUnlessGiven() {
        assertEquals(32, new LoraArguments(16, 0, 0, ALL, false).loraAlpha());
        assertEquals(4, new LoraArguments(16, 4, 0, ALL, false).loraAlpha());
    }

    @Test
    void rankStabilisationDividesByTheRoot() {
        assertEquals(2, new LoraArguments(16, 32, 0, ALL, false).scale());
        assertEquals(8, new LoraArguments(16, 32, 0, ALL, true).scale());
    }

    @Test
    void noModuleAtAllIsRefused() {
        assertThrows(ConfigException.class, () -> new LoraArguments(8, 0, 0, List.of(), false));
        assertThrows(ConfigException.class, () -> new FreezeArguments(0, ALL, List.of()));
    }

    @Test
    void packingIsImpliedByPretraining() {
        assertTrue(new PackingArguments(null, false).packs(Stage.PT));
        assertTrue(!new PackingArguments(null, false).packs(Stage.SFT));
        assertTrue(!new PackingArguments(false, false).packs(Stage.PT));
        assertTrue(new PackingArguments(null, true).packs(Stage.SFT));
        assertTrue(new PackingArguments(true, false).explicit());
        assertTrue(!new PackingArguments(null, false).explicit());
    }
}
