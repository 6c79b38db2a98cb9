package dev.finetune4j.core.hub.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.hub.repo.RepoId;
import org.junit.jupiter.api.Test;

/** The list of models as parity/model_groups.py wrote it. */
class ModelCatalogTest {
    private static final ModelCatalog LIST = ModelCatalog.builtIn();

    @Test
    void everyNameOfLlamaFactoryIsThere() {
        assertEquals(628, LIST.names().size());
        assertEquals(
                461,
                LIST.all().stream().filter(model -> model.template() != null).count());
        assertEquals(
                172, LIST.all().stream().filter(ModelCatalog.Model::multimodal).count());
        assertEquals(
                598,
                LIST.all().stream().filter(model -> model.modelScope() != null).count());
        assertEquals(
                21,
                LIST.all().stream().filter(model -> model.modelers() != null).count());
    }

    @Test
    void everyIdCouldBeARepository() {
        for (ModelCatalog.Model model : LIST.all()) {
            assertTrue(RepoId.isName(model.huggingFace()) && model.huggingFace().contains("/"), model.toString());
            assertTrue(model.modelScope() == null || RepoId.isName(model.modelScope()), model.toString());
            assertTrue(model.modelers() == null || RepoId.isName(model.modelers()), model.toString());
        }
    }

    @Test
    void chatModelHasATemplateAndItsBaseHasNone() {
        ModelCatalog.Model chat = LIST.find("Qwen2.5-0.5B-Instruct").orElseThrow();
        assertEquals("Qwen/Qwen2.5-0.5B-Instruct", chat.huggingFace());
        assertEquals("Qwen/Qwen2.5-0.5B-Instruct", chat.modelScope());
        assertEquals("qwen", chat.template());
        assertNull(LIST.find("Qwen2.5-0.5B").orElseThrow().template());
        ModelCatalog.Model bloom = LIST.find("BLOOM-560M").orElseThrow();
        assertEquals("bigscience/bloom-560m", bloom.huggingFace());
        assertEquals("AI-ModelScope/bloom-560m", bloom.modelScope());
        assertNull(bloom.modelers());
        assertTrue(LIST.find("no such model").isEmpty());
    }
}
