package dev.finetune4j.guard;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Main classes of the modules that are built before this one. Doors are built after it; their sources are read instead.
 */
final class CompiledClasses {
    static final List<String> MODULES = List.of("core", "data", "training", "adapters", "finetune");

    private static final Map<String, JavaClasses> CLASSES = new ConcurrentHashMap<>();

    private CompiledClasses() {}

    static JavaClasses of(String module) {
        return CLASSES.computeIfAbsent(module, name -> new ClassFileImporter().importPath(folder(name)));
    }

    static JavaClasses all() {
        return CLASSES.computeIfAbsent(
                "all",
                name -> new ClassFileImporter()
                        .importPaths(
                                MODULES.stream().map(CompiledClasses::folder).toList()));
    }

    private static Path folder(String module) {
        Path folder = Repository.root().resolve(module).resolve("target/classes");
        if (!Files.isDirectory(folder)) {
            throw new IllegalStateException(module + " is not built; run the guards with -am");
        }
        return folder;
    }
}
