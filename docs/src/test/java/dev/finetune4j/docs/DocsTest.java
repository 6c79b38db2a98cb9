package dev.finetune4j.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.config.ArgumentsBinder;
import dev.finetune4j.core.config.Settings;
import dev.finetune4j.core.error.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the documents show works: Java compiles, settings bind, links lead somewhere. */
class DocsTest {
    private static final int README_LINES = 60;

    @TempDir
    Path output;

    /** Pages whose blocks are meant for readers of the library; module pages may sketch. */
    private static List<Page> shown() {
        return Page.all().stream()
                .filter(page ->
                        page.toString().startsWith("docs/") || page.toString().equals("README.md"))
                .toList();
    }

    @Test
    void javaBlocksCompile() {
        List<String> errors = new ArrayList<>();
        int blocks = 0;
        for (Page page : shown()) {
            for (Page.Block block : page.blocks("java")) {
                blocks++;
                errors.addAll(Snippet.compile(block, output));
            }
        }
        assertEquals(List.of(), errors);
        assertTrue(blocks >= 3, blocks + " blocks");
    }

    @Test
    void yamlBlocksBind() {
        List<String> errors = new ArrayList<>();
        int blocks = 0;
        for (Page page : shown()) {
            for (Page.Block block : page.blocks("yaml")) {
                blocks++;
                try {
                    ArgumentsBinder.bind(new Settings().yaml(block.code(), block.toString()));
                } catch (ConfigException e) {
                    errors.add(e.getMessage());
                }
            }
        }
        assertEquals(List.of(), errors);
        assertTrue(blocks >= 3, blocks + " blocks");
    }

    @Test
    void linksLeadSomewhere() {
        List<String> broken = new ArrayList<>();
        for (Page page : Page.all()) {
            for (String link : page.links()) {
                if (!link.contains("://") && !leadsSomewhere(page, link)) {
                    broken.add(page + ": " + link);
                }
            }
        }
        assertEquals(List.of(), broken);
    }

    private static boolean leadsSomewhere(Page page, String link) {
        int hash = link.indexOf('#');
        String path = hash < 0 ? link : link.substring(0, hash);
        Path target =
                path.isEmpty() ? page.file() : page.file().resolveSibling(path).normalize();
        if (!target.startsWith(Page.root()) || !Files.exists(target)) {
            return false;
        }
        return hash < 0 || Page.read(target).anchors().contains(link.substring(hash + 1));
    }

    @Test
    void everyModuleHasAShortPage() {
        List<String> broken = new ArrayList<>();
        for (String module : List.of("core", "data", "training", "adapters", "finetune", "cli", "docs")) {
            Path file = Page.root().resolve(module).resolve("README.md");
            if (!Files.exists(file)) {
                broken.add(module + " has no README.md");
            } else if (Page.read(file).text().lines().count() > README_LINES) {
                broken.add(module + "/README.md has more than " + README_LINES + " lines");
            }
        }
        assertEquals(List.of(), broken);
    }

    @Test
    void readmeOpensWithTheTwoCommands() {
        List<String> lines = Page.read(Page.root().resolve("README.md"))
                .text()
                .lines()
                .filter(line -> !line.isBlank())
                .limit(3)
                .toList();
        assertTrue(lines.get(1).strip().startsWith("./finetune4j train "), lines.get(1));
        assertTrue(lines.get(2).strip().startsWith("mvn verify"), lines.get(2));
    }

    @Test
    void decisionsAreNumberedWithoutGapsAndHaveTheirFourParts() throws Exception {
        List<Page> decisions = Page.all().stream()
                .filter(page -> page.toString().startsWith("docs/decisions/"))
                .toList();
        List<String> broken = new ArrayList<>();
        for (int i = 0; i < decisions.size(); i++) {
            Page page = decisions.get(i);
            String name = page.file().getFileName().toString();
            boolean whole = name.startsWith(String.format("%04d-", i + 1))
                    && page.text().startsWith("# " + (i + 1) + ". ")
                    && List.of("## Context", "## Decision", "## Consequences", "## What would change our mind").stream()
                            .allMatch(part -> page.text().contains("\n" + part + "\n"));
            if (!whole) {
                broken.add(page.toString());
            }
        }
        assertEquals(List.of(), broken);
        assertTrue(decisions.size() >= 12, decisions.size() + " decisions");
    }
}
