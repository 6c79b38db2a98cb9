package dev.finetune4j.data.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.finetune4j.core.hub.catalog.ModelCatalog;
import dev.finetune4j.core.hub.repo.RepoId;
import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.plugin.Plugin;
import dev.finetune4j.core.plugin.Plugins;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page of models is made from the families, their golden files and a list of examples. */
class ModelReferenceTest {
    private final Map<String, ModelPage.Family> families = families();

    private static Map<String, ModelPage.Family> families() {
        try (InputStream in = ModelReferenceTest.class.getResourceAsStream("families.yaml")) {
            assertNotNull(in);
            return new TreeMap<>(new YAMLMapper().readValue(in, new TypeReference<Map<String, ModelPage.Family>>() {}));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void everyBuiltInFamilyIsListedAndNoOther() {
        Set<String> builtIn = Plugins.all(Architecture.class).stream()
                .map(Plugin::name)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(builtIn, new TreeSet<>(families.keySet()));
    }

    @Test
    void examplesAreRepositoriesUnderTheIdsOfTheListOfModels() {
        Map<String, String> listed = new HashMap<>();
        ModelCatalog.builtIn()
                .all()
                .forEach(model -> listed.putIfAbsent(repository(model.huggingFace()), model.huggingFace()));
        Set<String> seen = new HashSet<>();
        families.forEach((name, family) -> {
            assertTrue(!family.title().isBlank() && !family.examples().isEmpty(), name);
            for (String example : family.examples()) {
                assertTrue(RepoId.isName(example) && example.contains("/"), example);
                assertTrue(seen.add(example), example + " stands twice");
                assertEquals(listed.getOrDefault(repository(example), example), example);
            }
        });
    }

    private static String repository(String id) {
        return id.substring(id.indexOf('/') + 1).toLowerCase(Locale.ROOT);
    }

    @Test
    void thePageOfModelsIsUpToDate() throws IOException {
        new CommittedPage("models.md").mustBe(new ModelPage(families, ComparedModel.all()).text());
    }
}
