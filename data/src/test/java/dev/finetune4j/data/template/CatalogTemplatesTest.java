package dev.finetune4j.data.template;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finetune4j.core.hub.catalog.ModelCatalog;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The templates that the list of models names. */
class CatalogTemplatesTest {
    @Test
    void everyDefaultTemplateOfTheListIsBuiltIn() {
        Set<String> missing = ModelCatalog.builtIn().all().stream()
                .map(ModelCatalog.Model::template)
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(TreeSet::new));
        missing.removeAll(TemplateCatalog.names());
        assertEquals(Set.of(), missing);
    }
}
