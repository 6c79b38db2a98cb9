package dev.finetune4j.core.config.training;

import dev.finetune4j.core.config.declare.Check;
import dev.finetune4j.core.config.declare.Default;
import java.util.regex.Pattern;

/**
 * Where and in which precision the run computes.
 *
 * @param device {@code auto} takes an accelerator when there is one, else {@code cpu}; or {@code cpu}, {@code cuda},
 *     {@code cuda:1}. Default: auto
 * @param useCpu LLaMA-Factory's name for {@code device: cpu}. Default: false
 * @param bf16 compute in bf16 with trainable parameters in fp32. Default: false
 */
public record DeviceArguments(
        @Default("auto") String device,
        @Default("false") boolean useCpu,
        @Default("false") boolean bf16) {
    private static final Pattern FORM = Pattern.compile("auto|cpu|cuda(:[0-9]{1,3})?");

    public DeviceArguments {
        new Check()
                .that(FORM.matcher(device).matches(), "device", device, "must be auto, cpu, cuda or cuda:<number>")
                .done();
    }

    /** The wish after {@code use_cpu}: {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:<number>}. */
    public String wanted() {
        return useCpu ? "cpu" : device;
    }
}
