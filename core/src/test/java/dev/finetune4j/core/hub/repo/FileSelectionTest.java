package dev.finetune4j.core.hub.repo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Patterns as Python's fnmatch reads them; expectations are what {@code fnmatch.fnmatchcase} gives. */
class FileSelectionTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {
                "*.json, a/b.json, true",
                "*.json, a.jsonl, false",
                "data/*.csv, data/x/y.csv, true",
                "?.txt, a.txt, true",
                "?.txt, ab.txt, false",
                "[ab].txt, b.txt, true",
                "[!ab].txt, b.txt, false",
                "[!ab].txt, c.txt, true",
                "[a-c].txt, b.txt, true",
                "[]x].txt, ].txt, true",
                "[x.txt, [x.txt, true",
                "[^a].txt, ^.txt, true",
                "a+b(c).txt, a+b(c).txt, true",
                "[z-a].txt, b.txt, false",
                "A.txt, a.txt, false"
            })
    void wildcardsMatchAsInPython(String pattern, String path, boolean expected) {
        assertEquals(expected, FileSelection.only(List.of(pattern)).wants(path));
    }

    @Test
    void ignoredWinsOverAllowed() {
        FileSelection selection = FileSelection.of(List.of("*.json"), List.of("secret*"));
        assertTrue(selection.wants("a.json"));
        assertFalse(selection.wants("secret.json"));
        assertFalse(selection.wants("a.txt"));
        assertTrue(FileSelection.ALL.wants("anything"));
        assertTrue(FileSelection.only(List.of("sub/")).wants("sub/a/b"));
    }

    @Test
    void modelIsReadFromSettingsTokenizerTemplatesAndSafetensors() {
        for (String wanted : List.of(
                "config.json",
                "model-00001-of-00002.safetensors",
                "model.safetensors.index.json",
                "tokenizer.model",
                "merges.txt",
                "chat_template.jinja",
                "additional_chat_templates/rag.jinja",
                "adapter_model.safetensors")) {
            assertTrue(FileSelection.MODEL.wants(wanted), wanted);
        }
        for (String other : List.of(
                "pytorch_model.bin",
                "original/params.json",
                "consolidated.safetensors",
                "onnx/config.json",
                "checkpoint-100/model.safetensors",
                "model.gguf")) {
            assertFalse(FileSelection.MODEL.wants(other), other);
        }
    }
}
