package dev.finetune4j.examples.world;

import java.util.ArrayList;
import java.util.List;

/**
 * The pretraining text: stories, each with its facts told twice more in another order, and some lasting facts about the
 * island.
 *
 * <p>Nothing in it is a question or has the form of the rows for tuning. The second telling is there to be guessed by
 * whoever has read the first: "Nakel worked as a" goes on as it did above.
 */
final class Chronicle {

    /** One text in so many is about the island instead of a story. */
    private static final int ISLAND_TEXTS = 25;

    private final Storyteller storyteller;
    private final Island island;
    private final Draw draw;

    Chronicle(Names names, long seed) {
        draw = new Draw(seed);
        storyteller = new Storyteller(names, draw);
        island = new Island(names, new Draw(seed + 1));
    }

    /** {@code count} texts. */
    List<String> texts(int count) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(i % ISLAND_TEXTS == 0 ? island.text(draw) : story());
        }
        return texts;
    }

    private String story() {
        Storyteller.Story story = storyteller.tell(draw.between(2, 4), draw.between(1, 3));
        return story.text() + "\n" + storyteller.again(story) + " " + storyteller.again(story);
    }
}
