package dev.finetune4j.guard;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.guard.Measurements.Measure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Sizes of files, methods, signatures, records and packages. A number near its limit asks whether one idea has become two;
 * splitting by number is forbidden, so a limit is never raised to get a build through.
 */
class SizeTest {
    private static final int FILE_LINES = 500;
    private static final int METHOD_LINES = 60;
    private static final int PARAMETERS = 7;
    private static final int RECORD_COMPONENTS = 15;
    private static final int NESTING = 4;
    private static final int FILES_IN_A_PACKAGE = 15;
    private static final int SHOWN = 10;

    private static Measurements sizes = new Measurements();
    private static final List<Measure> PACKAGES = new ArrayList<>();

    @BeforeAll
    static void measure() {
        sizes = Measurements.of(Sources.main());
        Map<Path, Integer> packages = new TreeMap<>();
        for (String module : Repository.modules()) {
            for (Path file : Repository.mainSources(module)) {
                if (!file.endsWith("package-info.java")) {
                    packages.merge(file.getParent(), 1, Integer::sum);
                }
            }
        }
        PACKAGES.clear();
        packages.forEach((folder, files) -> PACKAGES.add(new Measure(Repository.name(folder), files)));
    }

    @Test
    void filesAreShort() {
        check("lines of a file", sizes.files(), FILE_LINES);
    }

    @Test
    void methodsAreShort() {
        check("lines of a method", sizes.methods(), METHOD_LINES);
    }

    @Test
    void methodsTakeFewParameters() {
        check("parameters of a method", sizes.parameters(), PARAMETERS);
    }

    @Test
    void recordsHaveFewComponents() {
        check("components of a record", sizes.components(), RECORD_COMPONENTS);
    }

    @Test
    void codeIsNotNestedDeeply() {
        check("nesting in a method", sizes.nesting(), NESTING);
    }

    @Test
    void packagesHoldFewFiles() {
        check("files of a package", PACKAGES, FILES_IN_A_PACKAGE);
    }

    private static void check(String what, List<Measure> measures, int limit) {
        assertTrue(!measures.isEmpty(), "nothing was measured: " + what);
        List<Measure> sorted = new ArrayList<>(measures);
        sorted.sort(Comparator.comparingLong(Measure::size).reversed().thenComparing(Measure::where));
        System.out.println(report(what, sorted, limit));
        List<Measure> over =
                sorted.stream().filter(measure -> measure.size() > limit).toList();
        assertTrue(over.isEmpty(), what + ": at most " + limit + ", but " + over);
    }

    private static String report(String what, List<Measure> sorted, int limit) {
        StringBuilder text =
                new StringBuilder(what + " (limit " + limit + "; half of " + sorted.size() + " have at most "
                        + sorted.get(sorted.size() / 2).size() + ", nine in ten at most "
                        + sorted.get(sorted.size() / 10).size() + ")");
        sorted.stream()
                .limit(SHOWN)
                .forEach(measure -> text.append(String.format("%n%8d  %s", measure.size(), measure.where())));
        return text.toString();
    }
}
