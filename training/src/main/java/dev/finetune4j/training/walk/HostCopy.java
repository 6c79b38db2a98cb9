package dev.finetune4j.training.walk;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.TapeMemory;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A tensor that waits in host memory until it is wanted again. From a GPU it is copied to page-locked memory while the GPU goes
 * on computing: both copies are queued behind what made the tensor, and libtorch's allocators give the memory on either side to
 * nobody else before they are done. On the CPU it lies with the tapes. Owns the copy until {@link #close}.
 */
abstract class HostCopy implements AutoCloseable {
    /**
     * Copies a tensor; the original may be freed at once.
     *
     * @param memory where copies lie on the CPU; null to hold the tensor itself
     */
    static HostCopy of(Tensor tensor, @Nullable TapeMemory memory) {
        return tensor.is_cuda() ? new FromDevice(tensor) : new OnTape(tensor, memory);
    }

    /** The tensor on the device it came from; not to be changed, and owned by this copy or by the caller's scope. */
    abstract Tensor back();

    @Override
    public abstract void close();

    private static final class OnTape extends HostCopy {
        private static final String NAME = "block.input";

        private final Tape tape;

        OnTape(Tensor tensor, @Nullable TapeMemory memory) {
            this.tape = Tape.thin(Draws.NONE, memory);
            tape.put(NAME, tensor);
        }

        @Override
        Tensor back() {
            return tape.get(NAME);
        }

        @Override
        public void close() {
            tape.close();
        }
    }

    private static final class FromDevice extends HostCopy {
        private final Device device;
        private final Tensor pinned;

        FromDevice(Tensor tensor) {
            this.device = Torch.device(tensor);
            try (Scope scope = Scope.open("offload")) {
                TensorOptions options = new TensorOptions(tensor.scalar_type()).pinned_memory(new BoolOptional(true));
                Tensor memory = torch.empty(tensor.shape(), options, new MemoryFormatOptional());
                this.pinned = Scope.claim(memory.copy_(tensor, true));
            }
        }

        @Override
        Tensor back() {
            return Torch.empty(DType.of(pinned), device, pinned.shape()).copy_(pinned, true);
        }

        @Override
        public void close() {
            pinned.close();
        }
    }
}
