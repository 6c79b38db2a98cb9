package dev.finetune4j.data.jinja.syntax;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.jinja.syntax.Statement.Routine;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Statements. */
public final class TemplateParser {
    private static final Set<String> WITHOUT_MEANING =
            Set.of("block", "extends", "include", "import", "from", "autoescape", "do", "trans", "debug");

    private final Tokens tokens;
    private final ExpressionParser expressions;
    /** Loops around the place, up to the next macro: what break and continue may leave. */
    private int loops;

    private TemplateParser(Tokens tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    /** @throws TemplateException with the line, where the text is no template */
    public static List<Statement> parse(String template) {
        TemplateParser parser = new TemplateParser(new Tokens(Lexer.split(template)));
        List<Statement> statements = parser.statements(List.of());
        if (!parser.tokens.is(Token.Kind.END)) {
            throw parser.tokens.fail(parser.tokens.current().shown() + " closes nothing that is open");
        }
        return statements;
    }

    /** Up to a tag that begins with one of the names, which stays the current word; or to the end of the template. */
    private List<Statement> statements(List<String> ends) {
        tokens.enter();
        List<Statement> body = new ArrayList<>();
        while (!tokens.is(Token.Kind.END)) {
            Token token = tokens.next();
            if (token.kind() == Token.Kind.DATA) {
                body.add(new Statement.Text((String) token.value()));
            } else if (token.kind() == Token.Kind.VARIABLE_BEGIN) {
                body.add(new Statement.Print(expressions.tuple(true, false, null), token.line()));
                tokens.expect(Token.Kind.VARIABLE_END, "}}");
            } else {
                if (tokens.is(Token.Kind.NAME) && ends.contains(tokens.current().value())) {
                    tokens.leave();
                    return body;
                }
                statement(body);
                tokens.expect(Token.Kind.BLOCK_END, "%}");
            }
        }
        if (!ends.isEmpty()) {
            throw tokens.fail("{% " + ends.get(ends.size() - 1) + " %} is missing");
        }
        tokens.leave();
        return body;
    }

    /** The body after a head, and its end, of which the name is skipped where there is only one. */
    private List<Statement> body(String... ends) {
        tokens.skipOperator(":");
        tokens.expect(Token.Kind.BLOCK_END, "%}");
        List<Statement> body = statements(List.of(ends));
        if (ends.length == 1) {
            tokens.next();
        }
        return body;
    }

    private void statement(List<Statement> body) {
        int line = tokens.line();
        String tag = tokens.name();
        switch (tag) {
            case "for" -> body.add(loop(line));
            case "if" -> body.add(branches());
            case "set" -> body.add(assignment(line));
            case "macro" -> body.add(macro(line));
            case "call" -> body.add(callBlock(line));
            case "filter" ->
                body.add(new Statement.FilterBlock(filterChain(expressions.filter(null)), body("endfilter"), line));
            case "with" -> body.add(with(line));
            case "generation" ->
                body.add(new Statement.Generation(routine("generation", List.of(), List.of(), "endgeneration"), line));
            case "print" -> print(body, line);
            case "break", "continue" -> {
                if (loops == 0) {
                    throw tokens.fail("{% " + tag + " %} stands outside of a loop");
                }
                body.add(tag.equals("break") ? new Statement.Break() : new Statement.Continue());
            }
            default -> throw unknown(tag, line);
        }
    }

    private static TemplateException unknown(String tag, int line) {
        return Refusal.at(
                line,
                WITHOUT_MEANING.contains(tag)
                        ? "{% " + tag + " %} is not supported in chat templates, which stand alone"
                        : "{% " + tag + " %} is no tag that can stand here");
    }

    private Statement loop(int line) {
        Target target = target(false, "in");
        tokens.expectName("in");
        Expression source = expressions.tuple(false, false, "recursive");
        Expression test = tokens.skipName("if") ? expressions.expression() : null;
        boolean recursive = tokens.skipName("recursive");
        loops++;
        List<Statement> body = body("endfor", "else");
        loops--;
        List<Statement> otherwise = tokens.next().isName("else") ? body("endfor") : List.of();
        return new Statement.For(new Statement.Walk(target, source, test, recursive), body, otherwise, line);
    }

    private Statement branches() {
        List<Statement.Branch> branches = new ArrayList<>();
        while (true) {
            int line = tokens.line();
            Expression test = expressions.tuple(false, false, null);
            branches.add(new Statement.Branch(test, body("elif", "else", "endif"), line));
            Token end = tokens.next();
            if (end.isName("elif")) {
                continue;
            }
            return new Statement.If(branches, end.isName("else") ? body("endif") : List.of());
        }
    }

    private Statement assignment(int line) {
        Target target = target(true, null);
        if (tokens.skipOperator("=")) {
            return new Statement.Assign(target, expressions.tuple(true, false, null), line);
        }
        Expression.Filter filter = tokens.skipOperator("|") ? filterChain(expressions.filter(null)) : null;
        return new Statement.AssignBlock(target, filter, body("endset"), line);
    }

    private Expression.Filter filterChain(Expression.Filter first) {
        Expression.Filter filter = first;
        for (int links = 0; tokens.skipOperator("|"); links++) {
            if (links > 100) {
                throw tokens.fail("too many filters follow one another");
            }
            filter = expressions.filter(filter);
        }
        return filter;
    }

    private Statement macro(int line) {
        String name = tokens.name();
        List<Expression> defaults = new ArrayList<>();
        List<String> parameters = parameters(defaults);
        return new Statement.Macro(routine(name, parameters, defaults, "endmacro"), line);
    }

    private Statement callBlock(int line) {
        List<Expression> defaults = new ArrayList<>();
        List<String> parameters = tokens.isOperator("(") ? parameters(defaults) : List.of();
        Expression call = expressions.expression();
        if (!(call instanceof Expression.Call made)) {
            throw tokens.fail("{% call %} needs the call of a macro");
        }
        return new Statement.CallBlock(routine("caller", parameters, defaults, "endcall"), made, line);
    }

    private List<String> parameters(List<Expression> defaults) {
        tokens.expectOperator("(");
        List<String> parameters = new ArrayList<>();
        while (!tokens.isOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            String name = assignable();
            if (tokens.skipOperator("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw tokens.fail("a parameter without a default follows one with a default");
            }
            if (parameters.contains(name)) {
                throw tokens.fail("the parameter " + name + " is named twice");
            }
            parameters.add(name);
        }
        tokens.next();
        return parameters;
    }

    private Routine routine(String name, List<String> parameters, List<Expression> defaults, String end) {
        int outer = loops;
        loops = 0;
        Set<String> before = expressions.notice();
        List<Statement> body = body(end);
        Set<String> uses = expressions.forget(before);
        loops = outer;
        return new Routine(name, parameters, defaults, Set.copyOf(uses), body);
    }

    private Statement with(int line) {
        List<Target> targets = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.is(Token.Kind.BLOCK_END)) {
            if (!targets.isEmpty()) {
                tokens.expectOperator(",");
            }
            targets.add(target(false, null));
            tokens.expectOperator("=");
            values.add(expressions.expression());
        }
        return new Statement.With(targets, values, body("endwith"), line);
    }

    private void print(List<Statement> body, int line) {
        boolean first = true;
        while (!tokens.is(Token.Kind.BLOCK_END)) {
            if (!first) {
                tokens.expectOperator(",");
            }
            body.add(new Statement.Print(expressions.expression(), line));
            first = false;
        }
    }

    private Target target(boolean members, @Nullable String endName) {
        List<Target> targets = new ArrayList<>();
        boolean comma = false;
        while (!tokens.is(Token.Kind.BLOCK_END)
                && !tokens.isOperator(")")
                && !(endName != null && tokens.current().isName(endName))) {
            targets.add(single(members));
            if (!tokens.skipOperator(",")) {
                break;
            }
            comma = true;
        }
        if (!comma && targets.size() == 1) {
            return targets.get(0);
        }
        if (targets.isEmpty()) {
            throw tokens.fail("a name is missing before " + tokens.current().shown());
        }
        return new Target.Several(targets);
    }

    private Target single(boolean members) {
        if (tokens.skipOperator("(")) {
            tokens.enter();
            Target inner = target(false, null);
            tokens.leave();
            tokens.expectOperator(")");
            return inner;
        }
        String name = assignable();
        return members && tokens.skipOperator(".") ? new Target.Member(name, tokens.name()) : new Target.Name(name);
    }

    private String assignable() {
        String name = tokens.name();
        if (Set.of("true", "false", "none", "True", "False", "None").contains(name)) {
            throw tokens.fail("nothing can be assigned to " + name);
        }
        return name;
    }
}
