package dev.finetune4j.examples.world;

import java.util.List;

/** The closed word lists of the world. Every word begins with a consonant, so that "a" is always the right article. */
final class Lexicon {

    static final List<String> TRADES = List.of(
            "baker",
            "carpenter",
            "cooper",
            "fisher",
            "gardener",
            "healer",
            "mason",
            "miller",
            "painter",
            "potter",
            "sailor",
            "shepherd",
            "singer",
            "smith",
            "tailor",
            "weaver");

    static final List<String> ANIMALS = List.of(
            "badger", "beaver", "calf", "cat", "crow", "dog", "dove", "duck", "fox", "frog", "goat", "goose", "hare",
            "hawk", "hen", "lamb", "mouse", "mule", "pig", "pony", "sheep", "swan", "turtle", "wren");

    static final List<String> COLOURS = List.of(
            "black", "blue", "brown", "golden", "green", "grey", "pink", "purple", "red", "silver", "white", "yellow");

    static final List<String> PLACES = List.of(
            "bakery",
            "barn",
            "bridge",
            "castle",
            "chapel",
            "forge",
            "fountain",
            "garden",
            "gate",
            "harbour",
            "lake",
            "library",
            "lighthouse",
            "market",
            "meadow",
            "mill",
            "quarry",
            "river",
            "school",
            "stable",
            "tower",
            "vineyard",
            "wall",
            "well");

    static final List<String> THINGS = List.of(
            "basket", "bell", "book", "bottle", "candle", "cloak", "coin", "drum", "flute", "hammer", "kettle", "key",
            "ladder", "lamp", "map", "mirror", "ribbon", "rope", "saddle", "shovel", "spoon", "violin", "whistle",
            "wheel");

    private Lexicon() {}
}
