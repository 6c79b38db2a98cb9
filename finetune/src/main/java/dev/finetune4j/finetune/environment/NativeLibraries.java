package dev.finetune4j.finetune.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/** Which native libraries this process runs on. */
final class NativeLibraries {
    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final List<String> SHOWN = List.of(
            "libtorch_cpu", "libtorch_cuda", "libjnitorch", "libopenblas", "libdnnl", "libtokenizers", "libcudart");

    private NativeLibraries() {}

    /**
     * A library in memory.
     *
     * @param name file name without its ending
     * @param path where it was loaded from
     */
    record Library(String name, String path) {}

    /** Libraries in memory that products and tokens depend on; empty on systems that do not tell. */
    static List<Library> loaded() {
        try (Stream<String> lines = Files.lines(MAPS)) {
            List<Library> found = new ArrayList<>();
            lines.map(line -> line.substring(Math.max(0, line.indexOf('/'))))
                    .filter(path -> path.startsWith("/"))
                    .distinct()
                    .forEach(path -> {
                        String file = path.substring(path.lastIndexOf('/') + 1);
                        String name = file.replaceAll("\\.so.*", "");
                        if (SHOWN.contains(name)) {
                            found.add(new Library(name, path));
                        }
                    });
            return found;
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Versions of the jars that bring them. */
    static Map<String, String> versions() {
        Map<String, String> versions = new LinkedHashMap<>();
        put(versions, "pytorch", "org.bytedeco", "pytorch");
        put(versions, "openblas", "org.bytedeco", "openblas");
        put(versions, "javacpp", "org.bytedeco", "javacpp");
        put(versions, "tokenizers", "ai.djl.huggingface", "tokenizers");
        return versions;
    }

    private static void put(Map<String, String> versions, String name, String group, String artifact) {
        String resource = "/META-INF/maven/" + group + "/" + artifact + "/pom.properties";
        try (var in = NativeLibraries.class.getResourceAsStream(resource)) {
            if (in != null) {
                Properties properties = new Properties();
                properties.load(in);
                versions.put(name, properties.getProperty("version"));
            }
        } catch (IOException e) {
            versions.put(name, "unreadable: " + e.getMessage());
        }
    }

    /** The first thing that is missing for a CUDA device to be seen. */
    static String whyNoCuda() {
        boolean cudaBuild = loaded().stream().anyMatch(library -> library.name().equals("libtorch_cuda"));
        if (!Files.exists(Path.of("/dev/nvidia0")) && !Files.exists(Path.of("/dev/nvidiactl"))) {
            return "no CUDA device: the system shows no NVIDIA device (/dev/nvidia0)";
        }
        return cudaBuild
                ? "no CUDA device: libtorch_cuda is loaded, so a library of CUDA 13 is missing or the driver is older"
                : "no CUDA device: only the CPU build is loaded; add org.bytedeco:pytorch with classifier"
                        + " linux-x86_64-gpu and org.bytedeco:cuda-redist (profile cuda)";
    }
}
