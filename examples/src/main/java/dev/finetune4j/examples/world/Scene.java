package dev.finetune4j.examples.world;

import java.util.List;

/**
 * How a story begins or ends, and the answer to the question about it. The sentences occur in all texts, the answers in
 * the rows for tuning only.
 *
 * @param sentence what the story says
 * @param answer the only right answer
 */
record Scene(String sentence, String answer) {

    static final String ABOUT_BEGINNING = "Where was it?";
    static final String ABOUT_END = "How did it end?";

    static final List<Scene> BEGINNINGS = List.of(
            new Scene("This is a story from the island of Lumora.", "Somewhere on the island."),
            new Scene("One summer the people of Lumora met at the great fair.", "At the great fair."),
            new Scene("Long ago some neighbours sat by the fire.", "By the fire."),
            new Scene("In the first week of spring there was a feast on the hill.", "On the hill."),
            new Scene("The winter was long, and the old people told this story.", "In the house of old people."),
            new Scene("When the ships came back, everybody went to the shore.", "Down at the shore."));

    static final List<Scene> ENDINGS = List.of(
            new Scene("They shared bread and honey.", "With bread and honey."),
            new Scene("In the evening they all sang.", "They all sang."),
            new Scene("Then the rain came and they went home.", "The rain came."),
            new Scene("They were friends for many years.", "As friends."),
            new Scene("At night the stars were bright.", "Under the stars."),
            new Scene("Nobody was in a hurry that day.", "Without a hurry."));
}
