package dev.finetune4j.examples.world;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows for tuning: a new story for every row, and one question about it. */
public final class Quiz {

    private static final int PEOPLE = 3;
    private static final int FACTS = 2;

    private final Storyteller storyteller;
    private final Draw draw;

    Quiz(Names names, long seed) {
        draw = new Draw(seed);
        storyteller = new Storyteller(names, draw);
    }

    /** The maker of the training rows; every call starts it anew. */
    static Quiz training() {
        return new Quiz(Names.all(MakeWorld.SEED).training(), MakeWorld.SEED + 2);
    }

    /** The maker of the held-back rows, whose names no training row has; every call starts it anew. */
    static Quiz heldBack() {
        return new Quiz(Names.all(MakeWorld.SEED).heldBack(), MakeWorld.SEED + 4);
    }

    /** The first training rows, made anew for each pass and the same each time; 600 are those of {@code train.json}. */
    public static Iterable<Map<String, String>> trainingRows(int count) {
        return () -> columns(training().rows(count));
    }

    /** The first held-back rows, made anew for each pass and the same each time; 200 are those of {@code eval.json}. */
    public static Iterable<Map<String, String>> heldBackRows(int count) {
        return () -> columns(heldBack().rows(count));
    }

    private static Iterator<Map<String, String>> columns(List<Row> rows) {
        return rows.stream().map(Row::columns).iterator();
    }

    /** {@code count} rows, no two alike. */
    List<Row> rows(int count) {
        Map<String, Row> rows = new LinkedHashMap<>();
        while (rows.size() < count) {
            Row row = row();
            rows.put(row.instruction(), row);
        }
        return List.copyOf(rows.values());
    }

    private Row row() {
        Storyteller.Story story = storyteller.tell(PEOPLE, FACTS);
        return draw.between(0, 1) == 0
                ? new Row(story.text(), Scene.ABOUT_BEGINNING, story.beginning().answer())
                : new Row(story.text(), Scene.ABOUT_END, story.end().answer());
    }

    /** The same stories and questions with the answers of other rows: nothing is left in them to be learned. */
    static List<Row> withShuffledAnswers(List<Row> rows, long seed) {
        List<Row> order = new Draw(seed).shuffled(rows);
        List<Row> shuffled = new ArrayList<>();
        for (int i = 0; i < order.size(); i++) {
            Row row = order.get(i);
            Row other = order.get((i + 1) % order.size());
            shuffled.add(new Row(row.instruction(), row.input(), other.output()));
        }
        return shuffled;
    }

    /**
     * A row of the alpaca format: the story, the question about it, the answer.
     *
     * @param instruction the story
     * @param input the question
     * @param output the answer
     */
    record Row(String instruction, String input, String output) {

        Map<String, String> columns() {
            return Map.of("instruction", instruction, "input", input, "output", output);
        }

        String json() {
            return "{\"instruction\": " + Json.text(instruction) + ", \"input\": " + Json.text(input) + ", \"output\": "
                    + Json.text(output) + "}";
        }
    }
}
