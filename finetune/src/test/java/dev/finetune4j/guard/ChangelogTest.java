package dev.finetune4j.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The changelog is in the form of Keep a Changelog, and its newest version is the one being built. */
class ChangelogTest {
    private static final Pattern VERSION = Pattern.compile("(?m)^## \\[([^]]+)\\] - (\\S+)$");
    private static final Set<String> KINDS = Set.of("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security");

    private static String changelog() {
        return Repository.read(Repository.root().resolve("CHANGELOG.md"));
    }

    @Test
    void newestHeadingIsTheProjectsVersion() {
        Matcher heading = VERSION.matcher(changelog());
        assertTrue(heading.find(), "CHANGELOG.md has a heading \"## [version] - date\"");
        String version = System.getProperty("finetune4j.version");
        assertEquals(version, heading.group(1));
        assertEquals(
                version.endsWith("-SNAPSHOT") ? "Unreleased" : "a date",
                heading.group(2).matches("\\d{4}-\\d{2}-\\d{2}") ? "a date" : heading.group(2));
    }

    @Test
    void newestVersionSaysWhatChanged() {
        String text = changelog();
        Matcher heading = VERSION.matcher(text);
        assertTrue(heading.find());
        int start = heading.end();
        String newest = text.substring(start, heading.find() ? heading.start() : text.length());
        List<String> kinds = newest.lines()
                .filter(line -> line.startsWith("### "))
                .map(line -> line.substring(4))
                .toList();
        assertFalse(kinds.isEmpty());
        assertTrue(KINDS.containsAll(kinds), kinds.stream().collect(Collectors.joining(", ")));
        assertTrue(newest.contains("\n- "), "the newest version lists at least one change");
    }
}
