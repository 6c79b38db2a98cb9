package dev.finetune4j.data.jinja.eval;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.jinja.builtin.Filters;
import dev.finetune4j.data.jinja.builtin.Tests;
import dev.finetune4j.data.jinja.method.Access;
import dev.finetune4j.data.jinja.method.Builtin;
import dev.finetune4j.data.jinja.python.Comparison;
import dev.finetune4j.data.jinja.python.Operators;
import dev.finetune4j.data.jinja.python.Repr;
import dev.finetune4j.data.jinja.python.Sequences;
import dev.finetune4j.data.jinja.python.Values;
import dev.finetune4j.data.jinja.syntax.Expression;
import dev.finetune4j.data.jinja.value.Arguments;
import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Function;
import dev.finetune4j.data.jinja.value.None;
import dev.finetune4j.data.jinja.value.Tuple;
import dev.finetune4j.data.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Expressions to functions. */
final class ExpressionCompiler {
    /**
     * Whether an unknown filter or test is an error only when it runs: inside conditions a template may ask for it first.
     */
    private boolean conditional;

    boolean conditional() {
        return conditional;
    }

    void conditional(boolean now) {
        conditional = now;
    }

    Evaluator compile(Expression expression) {
        if (expression instanceof Expression.Literal literal) {
            Object value = literal.value();
            return frame -> value;
        }
        if (expression instanceof Expression.Name named) {
            String name = named.name().intern();
            return frame -> frame.get(name);
        }
        if (expression instanceof Expression.Attribute attribute) {
            Evaluator target = compile(attribute.target());
            String name = attribute.name();
            return frame -> Access.attribute(frame.budget(), target.value(frame), name);
        }
        if (expression instanceof Expression.Item item) {
            Evaluator target = compile(item.target());
            Evaluator key = compile(item.key());
            return frame -> Access.item(frame.budget(), target.value(frame), key.value(frame));
        }
        if (expression instanceof Expression.Slice slice) {
            return slice(slice);
        }
        if (expression instanceof Expression.Call call) {
            return call(call);
        }
        if (expression instanceof Expression.Filter filter) {
            Expression target = Objects.requireNonNull(filter.target());
            return filter(filter, compile(target));
        }
        if (expression instanceof Expression.Test test) {
            return test(test);
        }
        return operator(expression);
    }

    private Evaluator operator(Expression expression) {
        if (expression instanceof Expression.Binary binary) {
            Evaluator left = compile(binary.left());
            Evaluator right = compile(binary.right());
            String operator = binary.operator();
            return frame -> Operators.binary(frame.budget(), operator, left.value(frame), right.value(frame));
        }
        if (expression instanceof Expression.Joined joined) {
            return joined(compileAll(joined.parts()));
        }
        if (expression instanceof Expression.Not not) {
            Evaluator operand = compile(not.operand());
            return frame -> !Values.truth(operand.value(frame));
        }
        if (expression instanceof Expression.Logic logic) {
            return logic(logic.all(), compileAll(logic.operands()));
        }
        if (expression instanceof Expression.Compared compared) {
            return compared(compared);
        }
        if (expression instanceof Expression.Conditional choice) {
            return choice(choice);
        }
        if (expression instanceof Expression.Signed signed) {
            Evaluator operand = compile(signed.operand());
            return signed.negative()
                    ? frame -> Operators.negative(operand.value(frame))
                    : frame -> Operators.positive(operand.value(frame));
        }
        return container(expression);
    }

    private Evaluator container(Expression expression) {
        if (expression instanceof Expression.ListOf list) {
            Evaluator[] elements = compileAll(list.elements());
            return frame -> values(frame, elements);
        }
        if (expression instanceof Expression.TupleOf tuple) {
            Evaluator[] elements = compileAll(tuple.elements());
            return frame -> new Tuple(values(frame, elements));
        }
        Expression.MapOf map = (Expression.MapOf) expression;
        Evaluator[] keys = compileAll(map.keys());
        Evaluator[] values = compileAll(map.values());
        return frame -> {
            Map<Object, Object> made = new LinkedHashMap<>();
            for (int i = 0; i < keys.length; i++) {
                Comparison.put(frame.budget(), made, keys[i].value(frame), values[i].value(frame));
            }
            return made;
        };
    }

    private Evaluator[] compileAll(List<Expression> expressions) {
        return expressions.stream().map(this::compile).toArray(Evaluator[]::new);
    }

    private static List<Object> values(Frame frame, Evaluator[] elements) {
        frame.budget().elements(elements.length);
        List<Object> values = new ArrayList<>(elements.length);
        for (Evaluator element : elements) {
            values.add(element.value(frame));
        }
        return values;
    }

    private Evaluator optional(@Nullable Expression expression) {
        return expression == null ? frame -> None.NONE : compile(expression);
    }

    private Evaluator slice(Expression.Slice slice) {
        Evaluator target = compile(slice.target());
        Evaluator start = optional(slice.start());
        Evaluator stop = optional(slice.stop());
        Evaluator step = optional(slice.step());
        return frame -> Sequences.slice(
                frame.budget(), target.value(frame), start.value(frame), stop.value(frame), step.value(frame));
    }

    private static Evaluator joined(Evaluator[] parts) {
        return frame -> {
            StringBuilder out = new StringBuilder();
            for (Evaluator part : parts) {
                out.append(Repr.text(frame.budget(), part.value(frame)));
                frame.budget().output(out.length());
            }
            frame.budget().text(out.length());
            return out.toString();
        };
    }

    private static Evaluator logic(boolean all, Evaluator[] operands) {
        return frame -> {
            Object value = operands[0].value(frame);
            for (int i = 1; i < operands.length && Values.truth(value) == all; i++) {
                value = operands[i].value(frame);
            }
            return value;
        };
    }

    private Evaluator compared(Expression.Compared compared) {
        Evaluator first = compile(compared.first());
        Evaluator[] operands = compileAll(compared.operands());
        String[] operators = compared.operators().toArray(new String[0]);
        return frame -> {
            Object left = first.value(frame);
            for (int i = 0; i < operands.length; i++) {
                Object right = operands[i].value(frame);
                if (!holds(frame.budget(), operators[i], left, right)) {
                    return false;
                }
                left = right;
            }
            return true;
        };
    }

    private static boolean holds(Budget budget, String operator, Object left, Object right) {
        return switch (operator) {
            case "==" -> Comparison.equal(budget, left, right);
            case "!=" -> !Comparison.equal(budget, left, right);
            case "in" -> Comparison.contains(budget, right, left);
            case "not in" -> !Comparison.contains(budget, right, left);
            default -> Comparison.ordered(budget, operator, left, right);
        };
    }

    private Evaluator choice(Expression.Conditional choice) {
        boolean outer = conditional;
        conditional = true;
        Evaluator test = compile(choice.test());
        Evaluator then = compile(choice.then());
        Expression otherwise = choice.otherwise();
        Evaluator rest = otherwise == null
                ? frame -> Undefined.because("a condition without else is false, so that there is no value")
                : compile(otherwise);
        conditional = outer;
        return frame -> Values.truth(test.value(frame)) ? then.value(frame) : rest.value(frame);
    }

    Evaluator call(Expression.Call call) {
        return call(call, passed(call.passed()));
    }

    /** A call with arguments that are put together elsewhere. */
    Evaluator call(Expression.Call call, Passing passing) {
        Evaluator target = compile(call.target());
        int line = call.line();
        return frame -> {
            Object callee = target.value(frame);
            Arguments arguments = passing.arguments(frame);
            frame.run().line(line);
            frame.budget().step();
            if (callee instanceof Function function) {
                return function.call(frame.budget(), arguments);
            }
            if (callee instanceof Undefined undefined) {
                throw undefined.fault();
            }
            throw Fault.type("a " + Values.type(callee) + " cannot be called");
        };
    }

    /** What a call hands over, ready to run. */
    @FunctionalInterface
    interface Passing {
        Arguments arguments(Frame frame);
    }

    Passing passed(Expression.Passed passed) {
        Evaluator[] positional = compileAll(passed.positional());
        String[] names = passed.named().keySet().toArray(new String[0]);
        Evaluator[] named = compileAll(List.copyOf(passed.named().values()));
        if (passed.spread() != null || passed.spreadNamed() != null) {
            return spread(passed, positional, names, named);
        }
        if (names.length == 0 && positional.length == 0) {
            return frame -> Arguments.NONE;
        }
        if (names.length == 0) {
            return frame -> new Arguments(values(frame, positional), Map.of());
        }
        return frame -> new Arguments(values(frame, positional), named(frame, names, named));
    }

    private static Map<String, Object> named(Frame frame, String[] names, Evaluator[] values) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < names.length; i++) {
            map.put(names[i], values[i].value(frame));
        }
        return map;
    }

    private Passing spread(Expression.Passed passed, Evaluator[] positional, String[] names, Evaluator[] named) {
        Expression spread = passed.spread();
        Expression spreadNamed = passed.spreadNamed();
        Evaluator more = spread == null ? frame -> new Tuple(List.of()) : compile(spread);
        Evaluator moreNamed = spreadNamed == null ? frame -> Map.of() : compile(spreadNamed);
        return frame -> {
            List<Object> places = values(frame, positional);
            places.addAll(Sequences.list(frame.budget(), more.value(frame)));
            Map<String, Object> map = named(frame, names, named);
            if (!(moreNamed.value(frame) instanceof Map<?, ?> added)) {
                throw Fault.type("** needs a map");
            }
            for (Map.Entry<?, ?> entry : added.entrySet()) {
                if (!(entry.getKey() instanceof String name) || map.put(name, Values.of(entry.getValue())) != null) {
                    throw Fault.type("** needs a map with names that are given once");
                }
            }
            return new Arguments(places, map);
        };
    }

    /** @param target what is filtered */
    Evaluator filter(Expression.Filter filter, Evaluator target) {
        Builtin builtin = Filters.find(filter.name());
        if (builtin == null) {
            return missing(filter.line(), Filters.missing(filter.name()));
        }
        return builtin(builtin, target, filter.passed(), filter.line());
    }

    private Evaluator test(Expression.Test test) {
        Evaluator target = compile(test.target());
        Builtin builtin = Tests.find(test.name());
        if (builtin == null) {
            return missing(test.line(), Tests.missing(test.name()));
        }
        return builtin(builtin, target, test.passed(), test.line());
    }

    private Evaluator builtin(Builtin builtin, Evaluator target, Expression.Passed passed, int line) {
        Passing passing = passed(passed);
        return frame -> {
            Object self = target.value(frame);
            Arguments arguments = passing.arguments(frame);
            frame.run().line(line);
            return builtin.call(frame.budget(), self, arguments);
        };
    }

    private Evaluator missing(int line, String message) {
        if (!conditional) {
            throw new TemplateException("Chat template, line " + line + ": " + message
                    + ". Correct the template, or set template to one that the library knows.");
        }
        return frame -> {
            throw new Fault(message);
        };
    }
}
