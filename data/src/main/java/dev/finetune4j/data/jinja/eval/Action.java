package dev.finetune4j.data.jinja.eval;

/** A statement, ready to run. */
@FunctionalInterface
interface Action {
    /** How a statement ends. */
    enum Signal {
        NEXT,
        BREAK,
        CONTINUE
    }

    Signal run(Frame frame);
}
