package dev.finetune4j.examples.world;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The open pool of people's and towns' names, parted once so that no name is shared by training and held-back rows.
 *
 * <p>A person's name is a first syllable and an ending, {@code Ba + ran}; a town's is a first syllable and a suffix,
 * {@code Elm + ford}. Two names of one story never begin with the same syllable.
 */
final class Names {

    private static final List<String> FIRST_OF_PERSON = List.of(
            "Ba", "Be", "Bo", "Da", "De", "Do", "Ka", "Ke", "La", "Lo", "Ma", "Mi", "Na", "No", "Ra", "Ro", "Sa", "Ta",
            "Te", "Vo");
    private static final List<String> LAST_OF_PERSON = List.of(
            "bin", "chen", "dak", "del", "fin", "gan", "gor", "jan", "kel", "lin", "mund", "nor", "pik", "quin", "rik",
            "shan", "thor", "tun", "vik", "zen");
    private static final List<String> FIRST_OF_TOWN =
            List.of("Ash", "Crow", "Elm", "Fen", "Fox", "Glen", "Grim", "Hart", "Oak", "Pine", "West", "Wil");
    private static final List<String> LAST_OF_TOWN = List.of(
            "bridge", "croft", "dale", "ford", "gate", "haven", "keep", "mere", "port", "stead", "thorpe", "wick");

    /** Of ten names, how many the training rows may use; the others are held back. */
    private static final int TRAINING_TENTHS = 7;

    /** People's names of one part. */
    final List<String> people;

    /** Towns' names of one part. */
    final List<String> towns;

    private Names(List<String> people, List<String> towns) {
        this.people = people;
        this.towns = towns;
    }

    /** Every name, in an order that {@code seed} fixes. */
    static Names all(long seed) {
        List<String> people = joined(FIRST_OF_PERSON, LAST_OF_PERSON);
        List<String> towns = joined(FIRST_OF_TOWN, LAST_OF_TOWN);
        Random random = new Random(seed);
        Collections.shuffle(people, random);
        Collections.shuffle(towns, random);
        return new Names(List.copyOf(people), List.copyOf(towns));
    }

    private static List<String> joined(List<String> firsts, List<String> lasts) {
        List<String> names = new ArrayList<>();
        for (String first : firsts) {
            lasts.forEach(last -> names.add(first + last));
        }
        return names;
    }

    /** The names that training rows may use. */
    Names training() {
        return new Names(people.subList(0, border(people)), towns.subList(0, border(towns)));
    }

    /** The names that only held-back rows use. */
    Names heldBack() {
        return new Names(people.subList(border(people), people.size()), towns.subList(border(towns), towns.size()));
    }

    private static int border(List<String> names) {
        return names.size() * TRAINING_TENTHS / 10;
    }

    /** The first syllables of two names differ, which a reader can tell by their first three letters. */
    static boolean beginAlike(String one, String other) {
        return one.substring(0, 2).equals(other.substring(0, 2));
    }
}
