package dev.finetune4j.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Types are named for what they are. */
class NamesTest {
    private static final Pattern HOLLOW = Pattern.compile(".*(Manager|Utils?|Helpers?|Common|Impl|Base)\\.java");

    @Test
    void typesAreNamedForWhatTheyAre() {
        Set<String> broken = new TreeSet<>();
        for (String module : Repository.modules()) {
            for (Path file : Repository.mainSources(module)) {
                if (HOLLOW.matcher(file.getFileName().toString()).matches()) {
                    broken.add(Repository.name(file));
                }
            }
        }
        assertEquals(Set.of(), broken, "no Manager, Util, Helper, Common, Impl or Base");
    }
}
