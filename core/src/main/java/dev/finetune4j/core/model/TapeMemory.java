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
    private int page;
    private long used;

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
        private final long start;
        private boolean back;

        private Copy(Tensor tensor, int page, long start) {
            this.tensor = tensor;
            this.page = page;
            this.start = start;
        }

        /** The copy itself, contiguous; belongs to the scope in which it was made. */
        Tensor tensor() {
            return tensor;
        }
    }

    /** Copies a tensor behind the newest copy that is still out. */
    Copy copy(Tensor tensor) {
        long bytes = tensor.nbytes();
        turnTo(bytes);
        Tensor place = pages.get(page).narrow(0, used, bytes).view(tensor.scalar_type());
        Copy copy = new Copy(place.view(tensor.shape()).copy_(tensor), page, used);
        copies.push(copy);
        used = (used + bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        return copy;
    }

    /** To a page with room, a new one if there is none. */
    private void turnTo(long bytes) {
        while (page < pages.size() && used + bytes > pages.get(page).numel()) {
            page++;
            used = 0;
        }
        if (page == pages.size()) {
            pages.add(Scope.claim(Torch.empty(DType.UINT8, Device.CPU, Math.max(pageBytes, bytes))));
        }
    }

    /** Takes a copy back; its memory is free once all that were made after it are back too. */
    void release(Copy copy) {
        copy.back = true;
        while (!copies.isEmpty() && copies.element().back) {
            Copy newest = copies.pop();
            page = copies.isEmpty() ? 0 : newest.page;
            used = copies.isEmpty() ? 0 : newest.start;
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
        page = 0;
        used = 0;
    }
}
