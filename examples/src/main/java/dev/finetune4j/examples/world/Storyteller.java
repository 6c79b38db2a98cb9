package dev.finetune4j.examples.world;

import java.util.ArrayList;
import java.util.List;

/** Makes up stories: picks people, decides what is told of them and puts it into sentences. */
final class Storyteller {

    private final Names names;
    private final Draw draw;

    Storyteller(Names names, Draw draw) {
        this.names = names;
        this.draw = draw;
    }

    /** A story of {@code people} persons of whom {@code facts} kinds of facts are told, person by person. */
    Story tell(int people, int kindsOfFacts) {
        List<Resident> residents = residents(people);
        List<Fact> kinds = draw.some(kindsOfFacts, List.of(Fact.values()));
        List<String> facts = new ArrayList<>();
        for (Resident resident : residents) {
            kinds.forEach(fact -> facts.add(resident.fill(fact.sentence)));
        }
        String told = String.join(" ", draw.shuffled(facts));
        Scene beginning = draw.one(Scene.BEGINNINGS);
        Scene end = draw.one(Scene.ENDINGS);
        return new Story(beginning, facts, end, beginning.sentence() + " " + told + " " + end.sentence());
    }

    /** Every fact of the story once more, in another order. */
    String again(Story story) {
        return String.join(" ", draw.shuffled(story.sentences()));
    }

    private List<Resident> residents(int count) {
        List<String> people = draw.names(count, names.people);
        List<String> towns = draw.names(count, names.towns);
        List<String> trades = draw.some(count, Lexicon.TRADES);
        List<String> colours = draw.some(count, Lexicon.COLOURS);
        List<String> animals = draw.some(count, Lexicon.ANIMALS);
        List<String> places = draw.some(count, Lexicon.PLACES);
        List<String> things = draw.some(count, Lexicon.THINGS);
        List<Resident> residents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            residents.add(new Resident(
                    people.get(i),
                    trades.get(i),
                    towns.get(i),
                    colours.get(i),
                    animals.get(i),
                    places.get(i),
                    things.get(i)));
        }
        return residents;
    }

    /**
     * A told story.
     *
     * @param beginning how it begins
     * @param sentences one for every person and fact
     * @param end how it ends
     * @param text the story in English, one paragraph
     */
    record Story(Scene beginning, List<String> sentences, Scene end, String text) {}
}
