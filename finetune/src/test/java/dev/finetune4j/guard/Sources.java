package dev.finetune4j.guard;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Java sources as the JDK's compiler parses them. */
final class Sources {
    private Sources() {}

    /**
     * One parsed file.
     *
     * @param positions where its trees lie
     */
    record Source(Path file, CompilationUnitTree unit, SourcePositions positions) {
        long line(long position) {
            return unit.getLineMap().getLineNumber(position);
        }

        String packageName() {
            return unit.getPackageName() == null ? "" : unit.getPackageName().toString();
        }
    }

    static List<Source> parse(List<Path> files) {
        if (files.isEmpty()) {
            return List.of();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager =
                compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(files));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            List<Source> sources = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                sources.add(new Source(Path.of(unit.getSourceFile().toUri()), unit, positions));
            }
            return sources;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Main sources of all modules. */
    static List<Source> main() {
        List<Path> files = new ArrayList<>();
        Repository.modules().forEach(module -> files.addAll(Repository.mainSources(module)));
        return parse(files);
    }

    /** Test sources of all modules. */
    static List<Source> test() {
        List<Path> files = new ArrayList<>();
        Repository.modules().forEach(module -> files.addAll(Repository.testSources(module)));
        return parse(files);
    }
}
