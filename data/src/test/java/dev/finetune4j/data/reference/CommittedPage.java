package dev.finetune4j.data.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A generated page of the documents; {@code -Dfinetune4j.update=true} writes it anew. */
record CommittedPage(String name) {
    void mustBe(String expected) throws IOException {
        Path file = Path.of("../docs/reference", name);
        if (Boolean.getBoolean("finetune4j.update")) {
            Files.writeString(file, expected);
        }
        String committed = Files.exists(file) ? Files.readString(file) : "";
        assertEquals(expected, committed, file + " is out of date; run with -Dfinetune4j.update=true and commit it");
    }
}
