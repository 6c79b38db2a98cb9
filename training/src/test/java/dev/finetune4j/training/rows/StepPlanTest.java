package dev.finetune4j.training.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class StepPlanTest {
    @Test
    void theLastGroupOfAnEpochIsAnUpdateOfItsOwn() {
        StepPlan plan = new StepPlan(11, 2, 4, 3, -1);
        assertEquals(6, plan.batchesPerEpoch());
        assertEquals(2, plan.updatesPerEpoch());
        assertEquals(6, plan.totalSteps());
        assertEquals(3, plan.epochsStarted());
    }

    @Test
    void fractionalEpochsRoundUp() {
        assertEquals(3, new StepPlan(10, 1, 2, 0.5, -1).totalSteps());
        assertEquals(8, new StepPlan(10, 1, 2, 1.5, -1).totalSteps());
    }

    @Test
    void stepsWinOverEpochs() {
        StepPlan plan = new StepPlan(10, 2, 1, 3, 7);
        assertEquals(7, plan.totalSteps());
        assertEquals(2, plan.epochsStarted());
        assertEquals(14, plan.plannedRows());
    }

    @Test
    void anotherBatchSizeGoesOnAtTheRightRow() {
        StepPlan before = new StepPlan(100, 2, 2, 2, -1);
        RowPosition position = new RowPosition(1, 40);
        assertEquals(50, before.totalStepsFrom(position, 35));
        StepPlan after = new StepPlan(100, 4, 5, 2, -1);
        assertEquals(35 + 3, after.totalStepsFrom(position, 35));
    }

    @Test
    void epochsCountMicroBatches() {
        StepPlan plan = new StepPlan(11, 2, 2, 3, -1);
        assertEquals(1 + 4 / 6.0, plan.epochAt(new RowPosition(1, 8)));
        assertEquals(1, plan.epochAt(new RowPosition(0, 11)));
    }

    @Test
    void aRunNeedsALength() {
        assertThrows(IllegalArgumentException.class, () -> new StepPlan(10, 1, 1, 0, 0));
    }
}
