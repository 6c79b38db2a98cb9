package dev.finetune4j.core.config.reference;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.EntityTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.TextTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The Javadoc of the records, read from their sources with the JDK's own compiler.
 *
 * @param about first sentence of the record
 * @param params text of each {@code @param} line by component name
 */
record RecordDocs(String about, Map<String, String> params) {
    private static final Map<String, String> ENTITIES = Map.of("lt", "<", "gt", ">", "amp", "&");

    /** By simple name, for every record below {@code folder} whose name ends in {@code Arguments}. */
    static Map<String, RecordDocs> below(Path folder) {
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "a JDK is needed");
        Map<String, RecordDocs> docs = new LinkedHashMap<>();
        try (Stream<Path> files = Files.walk(folder);
                StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<Path> sources = files.filter(file -> file.toString().endsWith("Arguments.java"))
                    .sorted()
                    .toList();
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(sources));
            DocTrees trees = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                new Scanner(trees, docs).scan(unit, null);
            }
            return docs;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Scanner extends TreePathScanner<Void, Void> {
        private final DocTrees trees;
        private final Map<String, RecordDocs> docs;

        Scanner(DocTrees trees, Map<String, RecordDocs> docs) {
            this.trees = trees;
            this.docs = docs;
        }

        @Override
        public Void visitClass(ClassTree type, Void unused) {
            DocCommentTree comment = trees.getDocCommentTree(getCurrentPath());
            if (comment != null && type.getSimpleName().toString().endsWith("Arguments")) {
                docs.put(type.getSimpleName().toString(), of(comment));
            }
            return null;
        }

        private static RecordDocs of(DocCommentTree comment) {
            Map<String, String> params = new LinkedHashMap<>();
            for (DocTree tag : comment.getBlockTags()) {
                if (tag instanceof ParamTree param) {
                    params.put(param.getName().toString(), text(param.getDescription()));
                }
            }
            return new RecordDocs(text(comment.getFirstSentence()), params);
        }
    }

    /** Text with code in backticks, on one line. */
    private static String text(List<? extends DocTree> trees) {
        return trees.stream()
                .map(RecordDocs::text)
                .collect(Collectors.joining())
                .replaceAll("\\s+", " ")
                .strip();
    }

    private static String text(DocTree tree) {
        if (tree instanceof TextTree text) {
            return text.getBody();
        }
        if (tree instanceof LiteralTree code) {
            return "`" + code.getBody().getBody().strip() + "`";
        }
        if (tree instanceof EntityTree entity) {
            return ENTITIES.get(entity.getName().toString());
        }
        if (tree instanceof LinkTree link) {
            return "`" + link.getReference().getSignature() + "`";
        }
        throw new IllegalStateException("settings are documented in text and code only, found " + tree);
    }
}
