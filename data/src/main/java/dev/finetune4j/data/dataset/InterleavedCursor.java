package dev.finetune4j.data.dataset;

import dev.finetune4j.core.error.DataException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Takes elements of several sources, each where it stands; holds none of them. */
final class InterleavedCursor<T> extends LookaheadCursor<T> {
    private final List<Dataset<T>> sets;
    private final Mixing mixing;
    private final @Nullable IntSupplier draws;
    private final List<Cursor<T>> cursors = new ArrayList<>();
    private final boolean[] exhausted;
    private int left;
    private int turn;

    /** @param draws the number of the next set; null to take turns */
    InterleavedCursor(List<Dataset<T>> sets, Mixing mixing, @Nullable IntSupplier draws) {
        this.sets = sets;
        this.mixing = mixing;
        this.draws = draws;
        this.exhausted = new boolean[sets.size()];
        this.left = sets.size();
        sets.forEach(set -> cursors.add(set.iterator()));
        if (cursors.stream().anyMatch(cursor -> !cursor.hasNext())) {
            close();
            throw new DataException("mix_strategy", "a data set without rows cannot be interleaved. Leave it out.");
        }
    }

    @Override
    protected @Nullable T advance() {
        int set = draws == null ? nextInTurn() : nextDrawn(draws);
        if (set < 0) {
            return null;
        }
        T element = cursors.get(set).next();
        if (!cursors.get(set).hasNext()) {
            exhaust(set);
        }
        return element;
    }

    private void exhaust(int set) {
        left -= exhausted[set] ? 0 : 1;
        exhausted[set] = true;
        if (mixing == Mixing.INTERLEAVE_OVER) {
            cursors.set(set, sets.get(set).iterator());
        }
    }

    /** Whole rounds are taken: the set that ends first ends the mix behind the round of its last element. */
    private int nextInTurn() {
        for (int tried = 0; tried <= sets.size(); tried++) {
            if (turn == 0 && finished()) {
                return -1;
            }
            int set = turn;
            turn = (turn + 1) % sets.size();
            if (mixing != Mixing.INTERLEAVE_ONCE || !exhausted[set]) {
                return set;
            }
        }
        return -1;
    }

    private int nextDrawn(IntSupplier next) {
        if (finished()) {
            return -1;
        }
        int set = next.getAsInt();
        while (mixing == Mixing.INTERLEAVE_ONCE && exhausted[set]) {
            set = next.getAsInt();
        }
        return set;
    }

    private boolean finished() {
        return mixing == Mixing.INTERLEAVE_UNDER ? left < sets.size() : left == 0;
    }

    @Override
    public void close() {
        cursors.forEach(Cursor::close);
    }
}
