package dev.finetune4j.data.jinja.syntax;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What has a value. */
public sealed interface Expression {
    record Literal(Object value) implements Expression {}

    record Name(String name) implements Expression {}

    record ListOf(List<Expression> elements) implements Expression {}

    record TupleOf(List<Expression> elements) implements Expression {}

    /** Keys and values stand at the same places. */
    record MapOf(List<Expression> keys, List<Expression> values) implements Expression {}

    /** {@code target.name}: the attribute first, then the element. */
    record Attribute(Expression target, String name) implements Expression {}

    /** {@code target[key]}: the element first, then the attribute. */
    record Item(Expression target, Expression key) implements Expression {}

    record Slice(
            Expression target,
            @Nullable Expression start,
            @Nullable Expression stop,
            @Nullable Expression step) implements Expression {}

    record Call(Expression target, Passed passed, int line) implements Expression {}

    /** @param target null where a block's text is filtered */
    record Filter(@Nullable Expression target, String name, Passed passed, int line) implements Expression {}

    record Test(Expression target, String name, Passed passed, int line) implements Expression {}

    record Not(Expression operand) implements Expression {}

    record Signed(boolean negative, Expression operand) implements Expression {}

    record Binary(String operator, Expression left, Expression right) implements Expression {}

    /** {@code a ~ b ~ c}. */
    record Joined(List<Expression> parts) implements Expression {}

    /** {@code and} or {@code or} between all of them. */
    record Logic(boolean all, List<Expression> operands) implements Expression {}

    /** A chain such as {@code a < b <= c}; operators include {@code in} and {@code not in}. */
    record Compared(Expression first, List<String> operators, List<Expression> operands) implements Expression {}

    record Conditional(
            Expression test, Expression then, @Nullable Expression otherwise) implements Expression {}

    /**
     * What a call hands over.
     *
     * @param spread a sequence after {@code *}
     * @param spreadNamed a map after {@code **}
     */
    record Passed(
            List<Expression> positional,
            Map<String, Expression> named,
            @Nullable Expression spread,
            @Nullable Expression spreadNamed) {
        public static final Passed NOTHING = new Passed(List.of(), Map.of(), null, null);
    }
}
