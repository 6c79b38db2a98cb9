package dev.finetune4j.core.config.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class MemoryArgumentsTest {
    @Test
    void aBudgetIsBytesOrAShare() {
        assertEquals(4_000_000_000L, MemoryBudget.parse("4GB").bytes(1));
        assertEquals(4L << 30, MemoryBudget.parse("4GiB").bytes(1));
        assertEquals(1_500_000L, MemoryBudget.parse("1.5 mb").bytes(1));
        assertEquals(123_456_789L, MemoryBudget.parse("123456789").bytes(1));
        assertEquals(500, MemoryBudget.parse("0.5").bytes(1000));
        for (String wrong : new String[] {"lots", "-1", "0", "4XB", "", "1e3", "50%"}) {
            assertThrows(IllegalArgumentException.class, () -> MemoryBudget.parse(wrong), wrong);
        }
    }

    @Test
    void aBudgetPrintsAsItIsRead() {
        for (String text : new String[] {"4GB", "0.25", "3GiB", "1"}) {
            MemoryBudget budget = MemoryBudget.parse(text);
            assertEquals(budget, MemoryBudget.parse(budget.toString()));
        }
    }

    @Test
    void namesOfLlamaFactoryMeanOurPolicies() {
        assertEquals(Activations.AUTO, memory(Activations.AUTO, false, false).policy());
        assertEquals(Activations.KEEP, memory(Activations.AUTO, true, false).policy());
        assertEquals(Activations.OFFLOAD, memory(Activations.AUTO, false, true).policy());
        assertEquals(Activations.KEEP, memory(Activations.KEEP, false, false).policy());
    }

    private static MemoryArguments memory(Activations activations, boolean keep, boolean offload) {
        return new MemoryArguments(activations, null, null, keep, offload, true, false, false, false, false, true);
    }
}
