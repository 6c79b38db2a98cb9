package dev.finetune4j.data.jinja.eval;

import dev.finetune4j.data.jinja.python.Sequences;
import dev.finetune4j.data.jinja.python.Values;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Filtered;
import dev.finetune4j.data.jinja.value.Function;
import java.util.Iterator;
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
        Evaluator condition = test;
        if (condition != null) {
            source = new Filtered(source, element -> {
                Frame inner = frame.inner();
                target.assign(inner, element);
                return Values.truth(condition.value(inner));
            });
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
}
