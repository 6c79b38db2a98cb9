package dev.finetune4j.examples.world;

/** A person of one story with everything that the story may say about them. */
record Resident(String name, String trade, String town, String colour, String animal, String place, String thing) {

    /** Puts this person's words into the slots of a wording. */
    String fill(String pattern) {
        return pattern.replace("{name}", name)
                .replace("{trade}", trade)
                .replace("{town}", town)
                .replace("{colour}", colour)
                .replace("{animal}", animal)
                .replace("{place}", place)
                .replace("{thing}", thing);
    }
}
