package dev.finetune4j.core.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Owns every native object made on this thread while it is the innermost scope, and frees them when it closes.
 *
 * <p>The garbage collector does not see native memory; scopes do the work instead. To let a tensor outlive its scope,
 * {@link #keep} moves it to the parent, and {@link #claim} hands it to an owner that will close it. Confined to a thread.
 */
public final class Scope implements AutoCloseable {
    private static final ThreadLocal<Deque<Scope>> OPEN = ThreadLocal.withInitial(ArrayDeque::new);

    private final String name;
    private final @Nullable Scope parent;
    private final PointerScope pointers;

    private Scope(String name, @Nullable Scope parent) {
        this.name = name;
        this.parent = parent;
        this.pointers = new PointerScope();
    }

    /** Opens a scope inside the innermost one of this thread; {@code name} appears in {@link #dump}. */
    public static Scope open(String name) {
        Torch.load();
        Deque<Scope> stack = OPEN.get();
        Scope scope = new Scope(name, stack.peek());
        stack.push(scope);
        return scope;
    }

    /** Moves a tensor to the parent scope; without a parent the caller owns it and must close it. */
    public Tensor keep(Tensor tensor) {
        if (parent == null) {
            return claim(tensor);
        }
        Tensor own = own(tensor);
        parent.pointers.attach(own);
        return own;
    }

    /** Takes a tensor out of all scopes for an owner that will {@code close()} it exactly once. */
    public static Tensor claim(Tensor tensor) {
        Tensor own = own(tensor);
        own.retainReference();
        return own;
    }

    /** The same tensor as a handle that owns its C++ reference; calls returning C++ references give handles that do not. */
    static Tensor own(Tensor tensor) {
        return tensor.referenceCount() < 0 ? new Tensor(tensor) : tensor;
    }

    /** Open scopes of this thread, innermost first, one name a line. */
    public static String dump() {
        StringBuilder text = new StringBuilder();
        for (Scope scope : OPEN.get()) {
            text.append(scope.name).append('\n');
        }
        return text.toString();
    }

    /** Native objects alive in the process. */
    public static long liveObjects() {
        Torch.load();
        return Pointer.totalCount();
    }

    @Override
    public void close() {
        Deque<Scope> stack = OPEN.get();
        if (stack.peek() != this) {
            throw new IllegalStateException("scope " + name + " is closed while "
                    + (stack.peek() == null ? "none" : stack.peek().name) + " is the innermost");
        }
        stack.pop();
        pointers.close();
    }
}
