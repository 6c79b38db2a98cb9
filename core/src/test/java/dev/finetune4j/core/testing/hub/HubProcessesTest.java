package dev.finetune4j.core.testing.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes that want the same file at the same moment. */
class HubProcessesTest {
    private @TempDir Path folder;

    @Test
    void processesFetchAFileOnce() throws Exception {
        byte[] weights = new byte[100_000];
        new Random(1).nextBytes(weights);
        try (HubServer server = HubServer.start()) {
            server.model("acme/small").large("model.safetensors", weights).publish("main");
            // Nothing is sent before both have asked, so both are at it.
            server.show(Fault.hold("/contents/", 2));
            Process one = start(server, "one");
            Process other = start(server, "other");
            Path first = result(one, "one");
            assertEquals(first, result(other, "other"));
            assertArrayEquals(weights, Files.readAllBytes(first));
            assertEquals(1, server.seen("GET", "/contents/").size());
        }
    }

    private Process start(HubServer server, String name) throws IOException {
        ProcessBuilder command = HubCacheProgram.command(
                folder.resolve(name + ".err"), "fetch", "model", "acme/small", "main", "model.safetensors");
        command.environment().put("HF_ENDPOINT", server.endpoint().toString());
        command.environment().put("HF_HUB_CACHE", folder.resolve("hub").toString());
        command.environment()
                .keySet()
                .removeIf(variable -> variable.toLowerCase().endsWith("_proxy"));
        return command.start();
    }

    private Path result(Process process, String name) throws Exception {
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(0, process.waitFor(), () -> read(folder.resolve(name + ".err")));
        return Path.of(printed);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
