package dev.finetune4j.data.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.Golden;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What a template cannot do, and what a user is told. */
class JinjaLimitsTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private static String message(String template, Map<String, Object> variables) {
        return assertThrows(
                        TemplateException.class,
                        () -> JinjaTemplate.compile(template).render(variables))
                .getMessage();
    }

    /** Every hostile template of the fuzz corpus under the ordinary limits: it ends soon, and in one of two ways. */
    @TestFactory
    Stream<DynamicTest> hostileTemplatesEndSoon() throws IOException {
        Path corpus = Golden.path("dev/finetune4j/data/jinja/JinjaFuzzTestInputs/anyTemplateRendersOrIsRefused");
        try (Stream<Path> files = Files.list(corpus)) {
            return files.sorted().toList().stream()
                    .map(file -> DynamicTest.dynamicTest(
                            file.getFileName().toString(), () -> assertTimeout(LONG, () -> endsInOneOfTwoWays(file))));
        }
    }

    private static void endsInOneOfTwoWays(Path file) throws IOException {
        String template = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        try {
            assertTrue(JinjaTemplate.compile(template)
                            .render(Map.of("s", "x", "d", Map.of("a", 1), "items", List.of(1, 2)))
                            .text()
                            .length()
                    < 1 << 25);
        } catch (TemplateException e) {
            assertTrue(e.getMessage().contains("hat template"), e.getMessage());
        }
    }

    @Test
    void growthIsRefusedWhereItBegins() {
        assertTrue(
                message("\n{{ 'x' * 9999999999 }}", Map.of()).startsWith("Chat template, line 2: it makes a text of"));
        assertTrue(message("{{ range(1000000) }}", Map.of()).contains("range() of more than 100000"));
        assertTrue(message("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", Map.of())
                .contains("more than 150 deep"));
        assertTrue(message("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", Map.of())
                .contains("steps"));
    }

    @Test
    void dataIsNeverATemplate() {
        JinjaTemplate template = JinjaTemplate.compile("{{ text }}{{ text ~ '' }}{% set x = text %}{{ x | upper }}");
        String hostile = "{{ 7 * 7 }}{% for x in y %}";
        assertEquals(
                hostile + hostile + hostile.toUpperCase(Locale.ROOT),
                template.render(Map.of("text", hostile)).text());
    }

    @Test
    void inputsCannotBeChanged() {
        List<Object> list = new ArrayList<>(List.of("a"));
        assertTrue(message("{{ x.append('b') }}", Map.of("x", list)).contains("append"));
        JinjaTemplate.compile("{% set x = x + ['b'] %}{% set x = x[::-1] %}{{ x | sort }}")
                .render(Map.of("x", list));
        assertEquals(List.of("a"), list);
    }

    @Test
    void javaIsOutOfReach() {
        assertEquals(
                "||",
                JinjaTemplate.compile("{{ x.getClass }}|{{ x.class }}|{{ x['hashCode'] }}")
                        .render(Map.of("x", "text"))
                        .text());
        assertTrue(message("{{ x.getClass() }}", Map.of("x", "text")).contains("getClass"));
        assertTrue(message("{{ x }}", Map.of("x", new Date())).contains("java.util.Date"));
    }

    @Test
    void aRefusalCarriesTheTemplatesOwnWordsAndTheLine() {
        assertEquals(
                "Chat template, line 3: the template refuses the conversation: Only two!"
                        + " Change the conversation, or set template to one that takes it.",
                message("\n{% if true %}\n{{ raise_exception('Only two!') }}{% endif %}", Map.of()));
        assertTrue(message("a\n{{ x | uper }}", Map.of())
                .startsWith("Chat template, line 2: there is no filter uper Did you mean \"upper\"?"));
    }

    @Test
    void oneTemplateServesManyThreads() throws Exception {
        JinjaTemplate template =
                JinjaTemplate.compile("{% set ns = namespace(n=0) %}{% for i in range(k) %}{% set ns.n = ns.n + i %}"
                        + "{% endfor %}{{ ns.n }}{% generation %}{{ k }}{% endgeneration %}");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<String>> tasks = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int k = i;
                tasks.add(() -> template.render(Map.of("k", k)).text());
            }
            int k = 0;
            for (Future<String> result : threads.invokeAll(tasks)) {
                assertEquals(k * (k - 1) / 2 + "" + k, result.get());
                k++;
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
