package dev.finetune4j.data.jinja.eval;

import java.util.List;

/** Statements one after another. */
final class Block implements Action {
    private final Action[] actions;

    Block(List<Action> actions) {
        this.actions = actions.toArray(new Action[0]);
    }

    @Override
    public Signal run(Frame frame) {
        for (Action action : actions) {
            Signal signal = action.run(frame);
            if (signal != Signal.NEXT) {
                return signal;
            }
        }
        return Signal.NEXT;
    }
}
