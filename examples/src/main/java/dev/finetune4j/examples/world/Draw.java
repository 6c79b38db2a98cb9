package dev.finetune4j.examples.world;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Random choices from lists; the sequence of choices is a function of the seed alone. */
final class Draw {

    private final Random random;

    Draw(long seed) {
        random = new Random(seed);
    }

    <T> T one(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** A whole number from {@code least} to {@code most}, both possible. */
    int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    /** The same elements in a random order. */
    <T> List<T> shuffled(List<T> list) {
        List<T> copy = new ArrayList<>(list);
        Collections.shuffle(copy, random);
        return copy;
    }

    /** {@code count} different elements in random order. */
    <T> List<T> some(int count, List<T> from) {
        return shuffled(from).subList(0, count);
    }

    /** {@code count} names of which no two begin with the same syllable. */
    List<String> names(int count, List<String> from) {
        List<String> names = new ArrayList<>();
        while (names.size() < count) {
            String name = one(from);
            if (names.stream().noneMatch(other -> Names.beginAlike(name, other))) {
                names.add(name);
            }
        }
        return names;
    }
}
