package dev.finetune4j.core.testing.hub;

import dev.finetune4j.core.hub.Hub;
import dev.finetune4j.core.hub.HubSettings;
import dev.finetune4j.core.hub.Hubs;
import dev.finetune4j.core.hub.repo.FileSelection;
import dev.finetune4j.core.hub.repo.RepoId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * For tests with several processes, and for {@code parity/hub_cache.py}.
 *
 * <pre>
 * serve                          publishes two small repositories until standard input ends; prints the endpoint
 * fetch KIND NAME REVISION PATH  prints where the file is; the environment says which hub and cache
 * snapshot KIND NAME REVISION    prints where the folder is
 * </pre>
 */
public final class HubCacheProgram {
    private HubCacheProgram() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals("serve")) {
            serve();
            return;
        }
        Hub hub = Hubs.of(HubSettings.DEFAULT).preferred();
        RepoId repo = arguments[1].equals("model") ? RepoId.model(arguments[2]) : RepoId.dataset(arguments[2]);
        Path path = arguments[0].equals("fetch")
                ? hub.file(repo, arguments[3], arguments[4])
                : hub.snapshot(repo, arguments[3], FileSelection.ALL);
        System.out.println(path);
    }

    private static void serve() throws IOException {
        try (HubServer server = HubServer.start()) {
            sample(server);
            System.out.println(server.endpoint());
            int read = System.in.read();
            while (read >= 0) {
                read = System.in.read();
            }
        }
    }

    /** A model with a large file, in two revisions, and a data set in folders. */
    static void sample(HubServer server) {
        byte[] weights = new byte[300_000];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (byte) (i * 31 + i / 251);
        }
        ServedRepo model = server.model("acme/small");
        model.file("config.json", "{\"model_type\": \"llama\"}\n").file("extra/naïve name.txt", "kept apart\n");
        model.large("model.safetensors", weights).publish("v1");
        model.file("config.json", "{\"model_type\": \"llama\", \"rope_theta\": 10000}\n")
                .publish("main");
        model.publish("master");
        ServedRepo data = server.dataset("acme/rows");
        data.file("README.md", "# Rows\n").file("data/train.jsonl", "{\"text\": \"one\"}\n");
        data.large("data/test.jsonl", "{\"text\": \"two\"}\n".getBytes(StandardCharsets.UTF_8))
                .publish("main");
        data.publish("master");
    }

    /** The command that runs this program with the class path of the caller. */
    static ProcessBuilder command(Path errors, String... arguments) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        ProcessBuilder command = new ProcessBuilder();
        command.command().add(java.toString());
        command.command().add("-XX:TieredStopAtLevel=1");
        command.command().add("-cp");
        command.command().add(System.getProperty("java.class.path"));
        command.command().add(HubCacheProgram.class.getName());
        command.command().addAll(List.of(arguments));
        Files.createDirectories(errors.toAbsolutePath().getParent());
        return command.redirectError(errors.toFile());
    }
}
