package dev.finetune4j.core.model;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Memory for the tapes of one walk: a stack in pages that stay from walk to walk. Tensors that stay for a whole walk and ones that
 * come and go leave holes in the C heap that nothing later fits; here what stays lies apart, end to end. Confined to a
 * thread.
 */
public final class TapeMemory implements AutoCloseable {
    /** Large enough that what is left at its end counts little; only what was once used takes physical memory. */
    private static final long PAGE = 128L << 20;

    private static final long ALIGNMENT = 64;

    private final long pageBytes;
    private final List<Tensor> pages = new ArrayList<>();
    private final Deque<Copy> copies = new ArrayDeque<>();

    public TapeMemory() {
        this(PAGE);
    }

    TapeMemory(long pageBytes) {
        this.pageBytes = pageBytes;
    }

    /** A copy, to be given back once. */
    static final class Copy {
        private final Tensor tensor;
        private final int page;
        private final long end;
        private boolean back;

        private Copy(Tensor tensor, int page, long end) {
            this.tensor = tensor;
            this.page = page;
            this.end = end;
        }

        /** The copy itself, contiguous; belongs to the scope in which it was made. */
        Tensor tensor() {
            return tensor;
        }
    }

    /** Copies a tensor behind the newest copy that is still out, to another page if that one has no room. */
    Copy copy(Tensor tensor) {
        long bytes = tensor.nbytes();
        Copy newest = copies.peek();
        int page = newest == null ? 0 : newest.page;
        long start = newest == null ? 0 : (newest.end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        while (page < pages.size() && start + bytes > pages.get(page).numel()) {
            page++;
            start = 0;
        }
        if (page == pages.size()) {
            pages.add(Scope.claim(Torch.empty(DType.UINT8, Device.CPU, Math.max(pageBytes, bytes))));
        }
        Tensor place = pages.get(page).narrow(0, start, bytes).view(tensor.scalar_type());
        Copy copy = new Copy(place.view(tensor.shape()).copy_(tensor), page, start + bytes);
        copies.push(copy);
        return copy;
    }

    /** Takes a copy back; its memory is free once all that were made after it are back too. */
    void release(Copy copy) {
        copy.back = true;
        while (!copies.isEmpty() && copies.element().back) {
            copies.pop();
        }
    }

    /** Bytes of all pages, touched or not. */
    long bytes() {
        return pages.stream().mapToLong(Tensor::numel).sum();
    }

    @Override
    public void close() {
        pages.forEach(Tensor::close);
        pages.clear();
        copies.clear();
    }
}
