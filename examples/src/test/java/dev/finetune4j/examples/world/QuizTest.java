package dev.finetune4j.examples.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.examples.world.Quiz.Row;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QuizTest {
    private static final List<Row> TRAINING = Quiz.training().rows(600);
    private static final List<Row> HELD_BACK = Quiz.heldBack().rows(200);

    @Test
    void heldBackNamesAreInNoTrainingRow() {
        Set<String> words = words(TRAINING);
        Names names = Names.all(MakeWorld.SEED).heldBack();
        assertTrue(Collections.disjoint(words, names.people));
        assertTrue(Collections.disjoint(words, names.towns));
        // The other way round: what the held-back rows call people and towns is no training name.
        Names training = Names.all(MakeWorld.SEED).training();
        assertTrue(Collections.disjoint(words(HELD_BACK), training.people));
        assertTrue(Collections.disjoint(words(HELD_BACK), training.towns));
        assertFalse(Collections.disjoint(words(HELD_BACK), names.people));
    }

    @Test
    void heldBackStoriesAreInNoTrainingRow() {
        Set<String> stories = new HashSet<>();
        TRAINING.forEach(row -> assertTrue(stories.add(row.instruction()), row.instruction()));
        HELD_BACK.forEach(row -> assertTrue(stories.add(row.instruction()), row.instruction()));
    }

    @Test
    void everyAnswerFollowsFromItsStoryAlone() {
        for (List<Row> rows : List.of(TRAINING, HELD_BACK)) {
            for (Row row : rows) {
                boolean beginning = row.input().equals(Scene.ABOUT_BEGINNING);
                assertTrue(beginning || row.input().equals(Scene.ABOUT_END), row.input());
                List<Scene> told = (beginning ? Scene.BEGINNINGS : Scene.ENDINGS)
                        .stream()
                                .filter(scene -> row.instruction().contains(scene.sentence()))
                                .toList();
                assertEquals(1, told.size(), row.instruction());
                assertEquals(told.get(0).answer(), row.output());
            }
        }
    }

    @Test
    void everyAnswerIsAskedForAndNoneIsFrequent() {
        for (List<Row> rows : List.of(TRAINING, HELD_BACK)) {
            List<Scene> scenes = new ArrayList<>(Scene.BEGINNINGS);
            scenes.addAll(Scene.ENDINGS);
            for (Scene scene : scenes) {
                long share = rows.stream()
                        .filter(row -> row.output().equals(scene.answer()))
                        .count();
                assertTrue(share > 0 && share < rows.size() / 5, scene.answer() + " " + share);
            }
        }
    }

    @Test
    void shuffledAnswersAreTheSameAnswersElsewhere() {
        List<Row> shuffled = Quiz.withShuffledAnswers(TRAINING, MakeWorld.SEED + 3);
        assertEquals(sortedAnswers(TRAINING), sortedAnswers(shuffled));
        Map<String, String> right = new java.util.HashMap<>();
        TRAINING.forEach(row -> right.put(row.instruction(), row.output()));
        long kept = shuffled.stream()
                .filter(row -> row.output().equals(right.get(row.instruction())))
                .count();
        assertTrue(kept < shuffled.size() / 5, kept + " answers stayed right");
    }

    @Test
    void rowsAreTheSameInEveryPass() {
        List<Map<String, String>> passes = new ArrayList<>();
        Iterable<Map<String, String>> rows = Quiz.trainingRows(20);
        rows.forEach(passes::add);
        rows.forEach(passes::add);
        assertEquals(passes.subList(0, 20), passes.subList(20, 40));
        assertEquals(TRAINING.get(19).output(), passes.get(19).get("output"));
    }

    private static List<String> sortedAnswers(List<Row> rows) {
        return rows.stream().map(Row::output).sorted().toList();
    }

    private static Set<String> words(List<Row> rows) {
        Set<String> words = new HashSet<>();
        rows.forEach(row -> words.addAll(List.of(row.instruction().split("[^A-Za-z]+"))));
        return words;
    }
}
