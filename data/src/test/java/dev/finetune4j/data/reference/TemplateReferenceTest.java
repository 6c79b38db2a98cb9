package dev.finetune4j.data.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.finetune4j.data.template.TemplateCatalog;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The page of templates is made from the templates. */
class TemplateReferenceTest {
    @Test
    void thePageOfTemplatesIsUpToDate() throws IOException {
        Map<String, String> families = families();
        assertEquals(TemplateCatalog.names(), families.keySet());
        new CommittedPage("templates.md").mustBe(new TemplatePage().text(families));
    }

    private static Map<String, String> families() throws IOException {
        try (InputStream in = TemplateCatalog.class.getResourceAsStream("/templates/index.yaml")) {
            assertNotNull(in);
            return new TreeMap<>(new YAMLMapper().readValue(in, new TypeReference<Map<String, String>>() {}));
        }
    }
}
