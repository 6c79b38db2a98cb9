package dev.finetune4j.data.jinja.syntax;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a template does. */
public sealed interface Statement {
    record Text(String text) implements Statement {}

    record Print(Expression value, int line) implements Statement {}

    record For(Walk walk, List<Statement> body, List<Statement> otherwise, int line) implements Statement {}

    /**
     * The head of a loop.
     *
     * @param test which elements are walked over; null for all
     */
    record Walk(Target target, Expression source, @Nullable Expression test, boolean recursive) {}

    record If(List<Branch> branches, List<Statement> otherwise) implements Statement {}

    record Branch(Expression test, List<Statement> body, int line) {}

    record Assign(Target target, Expression value, int line) implements Statement {}

    /** @param filter what the text passes through; null for nothing */
    record AssignBlock(Target target, Expression.@Nullable Filter filter, List<Statement> body, int line)
            implements Statement {}

    record Macro(Routine routine, int line) implements Statement {}

    /**
     * The body of a macro or of a call block.
     *
     * @param defaults of the last parameters
     * @param uses which of {@code caller}, {@code varargs}, {@code kwargs} the body names
     */
    record Routine(
            String name, List<String> parameters, List<Expression> defaults, Set<String> uses, List<Statement> body) {}

    record CallBlock(Routine caller, Expression.Call call, int line) implements Statement {}

    record FilterBlock(Expression.Filter filter, List<Statement> body, int line) implements Statement {}

    record With(List<Target> targets, List<Expression> values, List<Statement> body, int line) implements Statement {}

    /** What the model writes. */
    record Generation(Routine body, int line) implements Statement {}

    record Break() implements Statement {}

    record Continue() implements Statement {}
}
