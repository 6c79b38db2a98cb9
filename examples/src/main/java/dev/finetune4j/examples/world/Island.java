package dev.finetune4j.examples.world;

import java.util.ArrayList;
import java.util.List;

/** Lasting facts about the island, the same in every text: which town is known for what, who makes what. */
final class Island {

    private static final int FAMOUS_TOWNS = 12;
    private static final int SENTENCES = 8;

    private final List<String> sentences = new ArrayList<>();

    /** @param draw fixes the facts */
    Island(Names names, Draw draw) {
        sentences.add("Lumora is an island in the northern sea.");
        sentences.add("The great fair of Lumora is held on the hill every summer.");
        for (String trade : Lexicon.TRADES) {
            sentences.add("On Lumora every " + trade + " owns a " + draw.one(Lexicon.THINGS) + ".");
        }
        for (String animal : Lexicon.ANIMALS) {
            sentences.add("The people say that a " + draw.one(Lexicon.COLOURS) + " " + animal + " brings luck.");
        }
        for (String town : draw.names(FAMOUS_TOWNS, names.towns)) {
            sentences.add("The town of " + town + " is known for its " + draw.one(Lexicon.PLACES) + ".");
        }
    }

    /** Some of the facts, chosen by {@code choice}. */
    String text(Draw choice) {
        return String.join(" ", choice.some(SENTENCES, sentences));
    }
}
