package dev.finetune4j.data.jinja.eval;

import dev.finetune4j.data.jinja.python.Sequences;
import dev.finetune4j.data.jinja.python.Values;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Function;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A loop, ready to run.
 *
 * @param test which elements are walked over; null for all
 */
record LoopAction(
        Assignment target,
        Evaluator source,
        @Nullable Evaluator test,
        boolean recursive,
        Action body,
        Action otherwise,
        int line)
        implements Action {
    private static final String LOOP = "loop";

    @Override
    public Signal run(Frame frame) {
        frame.run().line(line);
        return walk(frame, source.value(frame), 0);
    }

    private Signal walk(Frame frame, Object elements, int depth) {
        Iterator<Object> source = Sequences.iterate(frame.budget(), elements);
        if (test != null) {
            source = new Tested(frame, target, test, source);
        }
        Function again = recursive ? again(frame, depth) : null;
        Loop loop = new Loop(source, depth, again);
        // The reference runs the else part unless a round came to its end: a round that continues did not.
        boolean finished = false;
        while (loop.advance()) {
            frame.budget().step();
            Frame inner = frame.inner();
            target.assign(inner, loop.current());
            inner.set(LOOP, loop);
            Signal signal = body.run(inner);
            if (signal == Signal.BREAK) {
                break;
            }
            finished |= signal == Signal.NEXT;
        }
        return finished ? Signal.NEXT : otherwise.run(frame.inner());
    }

    private Function again(Frame frame, int depth) {
        return (budget, arguments) -> {
            if (arguments.positional().size() != 1 || !arguments.named().isEmpty()) {
                throw Fault.type("loop() takes the elements to go on with");
            }
            budget.enter();
            StringBuilder before = frame.run().capture();
            walk(frame, arguments.positional().get(0), depth + 1);
            String text = frame.run().release(before);
            budget.leave();
            return text;
        };
    }

    /** The elements for which the loop's condition holds; tried one at a time. */
    private static final class Tested implements Iterator<Object> {
        private final Frame frame;
        private final Assignment target;
        private final Evaluator test;
        private final Iterator<Object> source;
        private @Nullable Object next;

        Tested(Frame frame, Assignment target, Evaluator test, Iterator<Object> source) {
            this.frame = frame;
            this.target = target;
            this.test = test;
            this.source = source;
        }

        @Override
        public boolean hasNext() {
            while (next == null && source.hasNext()) {
                Object candidate = source.next();
                Frame inner = frame.inner();
                target.assign(inner, candidate);
                if (Values.truth(test.value(inner))) {
                    next = candidate;
                }
            }
            return next != null;
        }

        @Override
        public Object next() {
            Object found = hasNext() ? next : null;
            if (found == null) {
                throw new NoSuchElementException();
            }
            next = null;
            return found;
        }
    }
}
