package dev.finetune4j.guard;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.DoWhileLoopTree;
import com.sun.source.tree.EnhancedForLoopTree;
import com.sun.source.tree.ForLoopTree;
import com.sun.source.tree.IfTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.SynchronizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.TryTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.tree.WhileLoopTree;
import com.sun.source.util.TreeScanner;
import dev.finetune4j.guard.Sources.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.lang.model.element.Modifier;
import org.jspecify.annotations.Nullable;

/** Sizes of everything that {@link SizeTest} limits. */
final class Measurements {
    private final List<Measure> files = new ArrayList<>();
    private final List<Measure> methods = new ArrayList<>();
    private final List<Measure> parameters = new ArrayList<>();
    private final List<Measure> components = new ArrayList<>();
    private final List<Measure> nesting = new ArrayList<>();

    /** One size and where it was found. */
    record Measure(String where, long size) {
        @Override
        public String toString() {
            return where + ": " + size;
        }
    }

    static Measurements of(List<Source> sources) {
        Measurements measurements = new Measurements();
        for (Source source : sources) {
            measurements.files.add(new Measure(
                    Repository.name(source.file()),
                    Repository.read(source.file()).lines().count()));
            source.unit().accept(measurements.new Walker(source), null);
        }
        return measurements;
    }

    List<Measure> files() {
        return files;
    }

    List<Measure> methods() {
        return methods;
    }

    List<Measure> parameters() {
        return parameters;
    }

    List<Measure> components() {
        return components;
    }

    List<Measure> nesting() {
        return nesting;
    }

    /** Measures one file. Depth counts branches, loops, switches and tries inside one another; an else-if is no deeper. */
    private final class Walker extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final Source source;
        private boolean inRecord;
        private int depth;
        private int deepest;

        Walker(Source source) {
            this.source = source;
        }

        private String where(String member, Tree tree) {
            long line = source.line(source.positions().getStartPosition(source.unit(), tree));
            return Repository.name(source.file()) + ":" + line + " " + member;
        }

        @Override
        public @Nullable Void visitClass(ClassTree tree, @Nullable Void nothing) {
            boolean outer = inRecord;
            inRecord = tree.getKind() == Tree.Kind.RECORD;
            if (inRecord) {
                long count = tree.getMembers().stream()
                        .filter(member -> member instanceof VariableTree field
                                && !field.getModifiers().getFlags().contains(Modifier.STATIC))
                        .count();
                components.add(new Measure(where(tree.getSimpleName().toString(), tree), count));
            }
            super.visitClass(tree, nothing);
            inRecord = outer;
            return null;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree tree, @Nullable Void nothing) {
            String name = tree.getName().toString();
            long start = source.positions().getStartPosition(source.unit(), tree);
            long end = source.positions().getEndPosition(source.unit(), tree);
            methods.add(new Measure(where(name, tree), source.line(end) - source.line(start) + 1));
            if (!(inRecord && name.equals("<init>"))) {
                parameters.add(
                        new Measure(where(name, tree), tree.getParameters().size()));
            }
            int outerDepth = depth;
            int outerDeepest = deepest;
            depth = 0;
            deepest = 0;
            super.visitMethod(tree, nothing);
            nesting.add(new Measure(where(name, tree), deepest));
            depth = outerDepth;
            deepest = outerDeepest;
            return null;
        }

        private @Nullable Void deeper(Supplier<@Nullable Void> inside) {
            depth++;
            deepest = Math.max(deepest, depth);
            inside.get();
            depth--;
            return null;
        }

        @Override
        public @Nullable Void visitIf(IfTree tree, @Nullable Void nothing) {
            scan(tree.getCondition(), nothing);
            deeper(() -> scan(tree.getThenStatement(), null));
            if (tree.getElseStatement() instanceof IfTree chained) {
                return scan(chained, nothing);
            }
            return deeper(() -> scan(tree.getElseStatement(), null));
        }

        @Override
        public @Nullable Void visitForLoop(ForLoopTree tree, @Nullable Void nothing) {
            return deeper(() -> super.visitForLoop(tree, null));
        }

        @Override
        public @Nullable Void visitEnhancedForLoop(EnhancedForLoopTree tree, @Nullable Void nothing) {
            return deeper(() -> super.visitEnhancedForLoop(tree, null));
        }

        @Override
        public @Nullable Void visitWhileLoop(WhileLoopTree tree, @Nullable Void nothing) {
            return deeper(() -> super.visitWhileLoop(tree, null));
        }

        @Override
        public @Nullable Void visitDoWhileLoop(DoWhileLoopTree tree, @Nullable Void nothing) {
            return deeper(() -> super.visitDoWhileLoop(tree, null));
        }

        @Override
        public @Nullable Void visitSwitch(SwitchTree tree, @Nullable Void nothing) {
            return deeper(() -> super.visitSwitch(tree, null));
        }

        @Override
        public @Nullable Void visitSwitchExpression(SwitchExpressionTree tree, @Nullable Void nothing) {
            return deeper(() -> super.visitSwitchExpression(tree, null));
        }

        @Override
        public @Nullable Void visitTry(TryTree tree, @Nullable Void nothing) {
            return deeper(() -> super.visitTry(tree, null));
        }

        @Override
        public @Nullable Void visitSynchronized(SynchronizedTree tree, @Nullable Void nothing) {
            return deeper(() -> super.visitSynchronized(tree, null));
        }
    }
}
