package dev.finetune4j.core.config.training;

import dev.finetune4j.core.config.declare.Check;
import dev.finetune4j.core.config.declare.Default;
import dev.finetune4j.core.config.declare.Equivalent;

/**
 * Settings of Python's data loader, which has no counterpart here.
 *
 * @param dataloaderNumWorkers loader processes. Default: 0
 * @param dataloaderPinMemory copies batches through page-locked memory. Default: true
 * @param dataloaderPersistentWorkers keeps loader processes between epochs. Default: false
 * @param removeUnusedColumns drops columns the model does not take, which LLaMA-Factory switches off. Default: true
 */
public record LoaderArguments(
        @Equivalent("batches are made by this process, in order") @Default("0")
        int dataloaderNumWorkers,

        @Equivalent("batches are made by this process, in order") @Default("true")
        boolean dataloaderPinMemory,

        @Equivalent("batches are made by this process, in order") @Default("false")
        boolean dataloaderPersistentWorkers,

        @Equivalent("samples carry exactly what the model takes") @Default("true")
        boolean removeUnusedColumns) {
    public LoaderArguments {
        new Check().atLeast("dataloader_num_workers", dataloaderNumWorkers, 0).done();
    }
}
