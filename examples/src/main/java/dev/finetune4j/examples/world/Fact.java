package dev.finetune4j.examples.world;

/**
 * One kind of thing that a story says about a person, as a pattern: {@code {name}}, {@code {trade}}, {@code {town}},
 * {@code {colour}}, {@code {animal}}, {@code {place}} and {@code {thing}} stand for what the {@link Resident} has there.
 */
enum Fact {
    TRADE("{name} worked as a {trade}."),
    TOWN("{name} came from {town}."),
    PET("{name} kept a {colour} {animal}."),
    PLACE("{name} slept near the {place}."),
    THING("{name} carried a {thing}.");

    final String sentence;

    Fact(String sentence) {
        this.sentence = sentence;
    }
}
