package dev.finetune4j.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Nothing in the repository is about one machine: no paths of a workplace, no host of a registry. */
class TidyRepositoryTest {
    /** Written in two halves, so that this file does not hold what it looks for. */
    private static final Pattern FOREIGN = Pattern.compile(String.join(
            "|",
            List.of(
                    "/wo" + "rk/",
                    "/fa" + "rm/",
                    "/tm" + "p/(h|brief)/",
                    "/ro" + "ot/",
                    "repo1?\\.mav" + "en",
                    "maven\\.apa" + "che\\.org/maven2",
                    "py" + "pi\\.org",
                    "pytho" + "nhosted",
                    "npm" + "js\\.(org|com)",
                    "crates\\." + "io")));

    @Test
    void noFileNamesAMachinePathOrARegistryHost() throws IOException {
        List<Path> files = Repository.allFiles();
        assertTrue(files.size() > 100, files.size() + " files");
        Set<String> broken = new TreeSet<>();
        for (Path file : files) {
            text(file).lines().forEach(line -> {
                Matcher foreign = FOREIGN.matcher(line);
                if (foreign.find()) {
                    broken.add(Repository.name(file) + ": " + foreign.group());
                }
            });
        }
        assertEquals(Set.of(), broken);
    }

    /** Content of a text file; nothing of a binary one. */
    private static String text(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException binary) {
            return "";
        }
    }

    @Test
    void sourcesEndWithANewlineAndHoldNoTabs() {
        Set<String> broken = new TreeSet<>();
        for (String module : Repository.modules()) {
            for (List<Path> sources : List.of(Repository.mainSources(module), Repository.testSources(module))) {
                for (Path file : sources) {
                    String text = Repository.read(file);
                    if (!text.endsWith("\n") || text.contains("\t") || text.contains("\r")) {
                        broken.add(Repository.name(file));
                    }
                }
            }
        }
        assertEquals(Set.of(), broken);
    }
}
