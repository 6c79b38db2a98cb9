package dev.finetune4j.data.jinja.eval;

import dev.finetune4j.data.jinja.eval.Action.Signal;
import dev.finetune4j.data.jinja.python.Repr;
import dev.finetune4j.data.jinja.python.Values;
import dev.finetune4j.data.jinja.syntax.Expression;
import dev.finetune4j.data.jinja.syntax.Statement;
import dev.finetune4j.data.jinja.value.Arguments;
import dev.finetune4j.data.jinja.value.Fault;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Statements to functions. */
public final class TemplateCompiler {
    private final ExpressionCompiler expressions = new ExpressionCompiler();

    private TemplateCompiler() {}

    /** A whole template. Thread-safe. */
    public static Program compile(List<Statement> statements) {
        Action body = new TemplateCompiler().block(statements);
        return run -> body.run(Frame.of(run));
    }

    /** A template, ready to run any number of times. */
    @FunctionalInterface
    public interface Program {
        void run(Run run);
    }

    private Action block(List<Statement> statements) {
        List<Action> actions = new ArrayList<>();
        for (Statement statement : statements) {
            actions.add(compile(statement));
        }
        return actions.size() == 1 ? actions.get(0) : new Block(actions);
    }

    /** Statements of a block with variables of its own, in which unknown filters are errors at once. */
    private Action scope(List<Statement> statements) {
        boolean outer = expressions.conditional();
        expressions.conditional(false);
        Action body = block(statements);
        expressions.conditional(outer);
        return body;
    }

    private Action compile(Statement statement) {
        if (statement instanceof Statement.Text text) {
            String written = text.text();
            return frame -> {
                frame.run().write(written);
                return Signal.NEXT;
            };
        }
        if (statement instanceof Statement.Print print) {
            return print(print);
        }
        if (statement instanceof Statement.If branches) {
            return branches(branches);
        }
        if (statement instanceof Statement.For loop) {
            return loop(loop);
        }
        if (statement instanceof Statement.Assign assign) {
            Assignment target = Assignment.of(assign.target());
            Evaluator value = expressions.compile(assign.value());
            int line = assign.line();
            return frame -> {
                frame.run().line(line);
                frame.budget().step();
                target.assign(frame, value.value(frame));
                return Signal.NEXT;
            };
        }
        if (statement instanceof Statement.Break) {
            return frame -> Signal.BREAK;
        }
        if (statement instanceof Statement.Continue) {
            return frame -> Signal.CONTINUE;
        }
        return captured(statement);
    }

    private Action print(Statement.Print print) {
        Evaluator value = expressions.compile(print.value());
        int line = print.line();
        return frame -> {
            Run run = frame.run();
            run.line(line);
            run.budget().step();
            run.write(Repr.text(run.budget(), value.value(frame)));
            return Signal.NEXT;
        };
    }

    private Action branches(Statement.If branches) {
        boolean outer = expressions.conditional();
        expressions.conditional(true);
        int count = branches.branches().size();
        Evaluator[] tests = new Evaluator[count];
        Action[] bodies = new Action[count];
        int[] lines = new int[count];
        for (int i = 0; i < count; i++) {
            Statement.Branch branch = branches.branches().get(i);
            tests[i] = expressions.compile(branch.test());
            bodies[i] = block(branch.body());
            lines[i] = branch.line();
        }
        Action otherwise = block(branches.otherwise());
        expressions.conditional(outer);
        return frame -> {
            frame.budget().step();
            for (int i = 0; i < tests.length; i++) {
                frame.run().line(lines[i]);
                if (Values.truth(tests[i].value(frame))) {
                    return bodies[i].run(frame);
                }
            }
            return otherwise.run(frame);
        };
    }

    private Action loop(Statement.For loop) {
        Statement.Walk walk = loop.walk();
        Evaluator source = expressions.compile(walk.source());
        boolean outer = expressions.conditional();
        expressions.conditional(false);
        Expression test = walk.test();
        Evaluator tested = test == null ? null : expressions.compile(test);
        expressions.conditional(outer);
        return new LoopAction(
                Assignment.of(walk.target()),
                source,
                tested,
                walk.recursive(),
                scope(loop.body()),
                scope(loop.otherwise()),
                loop.line());
    }

    /** Statements whose text goes elsewhere first, and those that define something. */
    private Action captured(Statement statement) {
        if (statement instanceof Statement.AssignBlock assign) {
            return assignBlock(assign);
        }
        if (statement instanceof Statement.Macro macro) {
            Macro.Code code = routine(macro.routine());
            String name = macro.routine().name().intern();
            return frame -> {
                frame.set(name, new Macro(code, frame));
                return Signal.NEXT;
            };
        }
        if (statement instanceof Statement.CallBlock call) {
            return callBlock(call);
        }
        if (statement instanceof Statement.FilterBlock filter) {
            Action body = scope(filter.body());
            Evaluator filtered = filters(filter.filter(), frame -> capture(frame, body));
            return frame -> {
                frame.run().write(Repr.text(frame.budget(), filtered.value(frame)));
                return Signal.NEXT;
            };
        }
        if (statement instanceof Statement.Generation generation) {
            Macro.Code code = routine(generation.body());
            return frame -> {
                String text = (String) new Macro(code, frame).call(frame.budget(), Arguments.NONE);
                frame.run().generated(text);
                frame.run().write(text);
                return Signal.NEXT;
            };
        }
        return with((Statement.With) statement);
    }

    private static String capture(Frame frame, Action body) {
        StringBuilder before = frame.run().capture();
        Signal signal = body.run(frame.inner());
        String text = frame.run().release(before);
        if (signal != Signal.NEXT) {
            throw new Fault("break and continue cannot leave a filter block");
        }
        return text;
    }

    private Action assignBlock(Statement.AssignBlock assign) {
        Assignment target = Assignment.of(assign.target());
        Action body = scope(assign.body());
        Expression.Filter filter = assign.filter();
        int line = assign.line();
        return new Action() {
            private final Evaluator filtered =
                    filter == null ? frame -> frame.get(CAPTURED) : filters(filter, frame -> frame.get(CAPTURED));

            @Override
            public Signal run(Frame frame) {
                frame.run().line(line);
                StringBuilder before = frame.run().capture();
                Signal signal = body.run(frame.inner());
                String text = frame.run().release(before);
                if (signal != Signal.NEXT) {
                    return signal;
                }
                Frame holder = frame.inner();
                holder.set(CAPTURED, text);
                target.assign(frame, filtered.value(holder));
                return Signal.NEXT;
            }
        };
    }

    /** A name that no template can write. */
    private static final String CAPTURED = "{captured}";

    /** A chain of filters over a text, innermost first. */
    private Evaluator filters(Expression.Filter filter, Evaluator text) {
        Evaluator inner = filter.target() instanceof Expression.Filter before ? filters(before, text) : text;
        return expressions.filter(filter, inner);
    }

    private Macro.Code routine(Statement.Routine routine) {
        boolean outer = expressions.conditional();
        expressions.conditional(false);
        List<Evaluator> defaults =
                routine.defaults().stream().map(expressions::compile).toList();
        Action body = block(routine.body());
        expressions.conditional(outer);
        List<String> parameters =
                routine.parameters().stream().map(String::intern).toList();
        return new Macro.Code(routine.name(), parameters, defaults, routine.uses(), body);
    }

    private Action callBlock(Statement.CallBlock call) {
        Macro.Code code = routine(call.caller());
        ExpressionCompiler.Passing passed = expressions.passed(call.call().passed());
        Evaluator made = expressions.call(call.call(), frame -> {
            Arguments arguments = passed.arguments(frame);
            Map<String, Object> named = new LinkedHashMap<>(arguments.named());
            named.put(Macro.CALLER, new Macro(code, frame));
            return new Arguments(arguments.positional(), named);
        });
        int line = call.line();
        return frame -> {
            frame.run().line(line);
            frame.run().write(Repr.text(frame.budget(), made.value(frame)));
            return Signal.NEXT;
        };
    }

    private Action with(Statement.With with) {
        List<Assignment> targets = with.targets().stream().map(Assignment::of).toList();
        List<Evaluator> values =
                with.values().stream().map(expressions::compile).toList();
        Action body = scope(with.body());
        return frame -> {
            frame.run().line(with.line());
            Frame inner = frame.inner();
            for (int i = 0; i < targets.size(); i++) {
                targets.get(i).assign(inner, values.get(i).value(frame));
            }
            return body.run(inner);
        };
    }
}
