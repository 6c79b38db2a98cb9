package dev.finetune4j.data.jinja.syntax;

import dev.finetune4j.data.jinja.syntax.Expression.Passed;
import dev.finetune4j.data.jinja.value.None;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Expressions by precedence: conditional, or, and, not, comparison, sum, join, product, power, sign, postfix. */
final class ExpressionParser {
    /** Links of one chain of operators or accesses; each is a level of the tree. */
    private static final int LONGEST_CHAIN = 300;

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<String> SPECIAL = Set.of("caller", "varargs", "kwargs");

    private final Tokens tokens;
    private Set<String> used = new HashSet<>();

    ExpressionParser(Tokens tokens) {
        this.tokens = tokens;
    }

    /** Starts to notice which special names are used; the set fills until {@link #forget}. */
    Set<String> notice() {
        Set<String> before = used;
        used = new HashSet<>();
        return before;
    }

    /** Ends it, and gives the names that were used. */
    Set<String> forget(Set<String> before) {
        Set<String> noticed = used;
        used = before;
        used.addAll(noticed);
        return noticed;
    }

    Expression expression() {
        tokens.enter();
        Expression value = or();
        int links = 0;
        while (tokens.skipName("if")) {
            Expression test = or();
            Expression otherwise = tokens.skipName("else") ? expression() : null;
            value = new Expression.Conditional(test, value, otherwise);
            links = link(links);
        }
        tokens.leave();
        return value;
    }

    private int link(int links) {
        if (links >= LONGEST_CHAIN) {
            throw tokens.fail("an expression has more than " + LONGEST_CHAIN + " links");
        }
        return links + 1;
    }

    /** One expression, or several with commas as a tuple, as they stand in {@code print}, {@code set} and {@code for}. */
    Expression tuple(boolean conditional, boolean empty, @Nullable String endName) {
        List<Expression> elements = new ArrayList<>();
        boolean comma = false;
        while (!isTupleEnd(endName)) {
            elements.add(conditional ? expression() : or());
            if (!tokens.skipOperator(",")) {
                break;
            }
            comma = true;
        }
        if (!comma && !elements.isEmpty()) {
            return elements.get(0);
        }
        if (elements.isEmpty() && !empty) {
            throw tokens.fail(
                    "an expression is missing before " + tokens.current().shown());
        }
        return new Expression.TupleOf(elements);
    }

    private boolean isTupleEnd(@Nullable String endName) {
        return tokens.is(Token.Kind.VARIABLE_END)
                || tokens.is(Token.Kind.BLOCK_END)
                || tokens.isOperator(")")
                || (endName != null && tokens.current().isName(endName));
    }

    private Expression or() {
        List<Expression> operands = new ArrayList<>(List.of(and()));
        while (tokens.skipName("or")) {
            operands.add(and());
        }
        return operands.size() == 1 ? operands.get(0) : new Expression.Logic(false, operands);
    }

    private Expression and() {
        List<Expression> operands = new ArrayList<>(List.of(not()));
        while (tokens.skipName("and")) {
            operands.add(not());
        }
        return operands.size() == 1 ? operands.get(0) : new Expression.Logic(true, operands);
    }

    private Expression not() {
        if (!tokens.skipName("not")) {
            return comparison();
        }
        tokens.enter();
        Expression negated = new Expression.Not(not());
        tokens.leave();
        return negated;
    }

    private Expression comparison() {
        Expression first = sum();
        List<String> operators = new ArrayList<>();
        List<Expression> operands = new ArrayList<>();
        while (true) {
            Token token = tokens.current();
            if (token.kind() == Token.Kind.OPERATOR && COMPARISONS.contains(token.value())) {
                operators.add((String) tokens.next().value());
            } else if (tokens.skipName("in")) {
                operators.add("in");
            } else if (token.isName("not") && tokens.look().isName("in")) {
                tokens.next();
                tokens.next();
                operators.add("not in");
            } else {
                break;
            }
            operands.add(sum());
        }
        return operators.isEmpty() ? first : new Expression.Compared(first, operators, operands);
    }

    private Expression sum() {
        Expression left = joined();
        for (int links = 0; tokens.isOperator("+") || tokens.isOperator("-"); links = link(links)) {
            String operator = (String) tokens.next().value();
            left = new Expression.Binary(operator, left, joined());
        }
        return left;
    }

    private Expression joined() {
        List<Expression> parts = new ArrayList<>(List.of(product()));
        while (tokens.skipOperator("~")) {
            parts.add(product());
        }
        return parts.size() == 1 ? parts.get(0) : new Expression.Joined(parts);
    }

    private Expression product() {
        Expression left = power();
        for (int links = 0; isProduct(tokens.current()); links = link(links)) {
            String operator = (String) tokens.next().value();
            left = new Expression.Binary(operator, left, power());
        }
        return left;
    }

    private static boolean isProduct(Token token) {
        return token.isOperator("*") || token.isOperator("/") || token.isOperator("//") || token.isOperator("%");
    }

    private Expression power() {
        Expression left = unary(true);
        for (int links = 0; tokens.skipOperator("**"); links = link(links)) {
            left = new Expression.Binary("**", left, unary(true));
        }
        return left;
    }

    private Expression unary(boolean filtered) {
        tokens.enter();
        Expression value;
        if (tokens.isOperator("-") || tokens.isOperator("+")) {
            boolean negative = tokens.next().isOperator("-");
            value = new Expression.Signed(negative, unary(false));
        } else {
            value = primary();
        }
        value = postfix(value);
        if (filtered) {
            value = filters(value);
        }
        tokens.leave();
        return value;
    }

    Expression primary() {
        Token token = tokens.next();
        switch (token.kind()) {
            case NAME -> {
                return named((String) token.value());
            }
            case STRING -> {
                StringBuilder text = new StringBuilder((String) token.value());
                while (tokens.is(Token.Kind.STRING)) {
                    text.append(tokens.next().value());
                }
                return new Expression.Literal(text.toString());
            }
            case NUMBER -> {
                return new Expression.Literal(token.value());
            }
            default -> {
                return bracketed(token);
            }
        }
    }

    private Expression named(String name) {
        switch (name) {
            case "true", "True" -> {
                return new Expression.Literal(true);
            }
            case "false", "False" -> {
                return new Expression.Literal(false);
            }
            case "none", "None" -> {
                return new Expression.Literal(None.NONE);
            }
            default -> {
                if (SPECIAL.contains(name)) {
                    used.add(name);
                }
                return new Expression.Name(name);
            }
        }
    }

    private Expression bracketed(Token token) {
        if (token.isOperator("(")) {
            Expression inner = tuple(true, true, null);
            tokens.expectOperator(")");
            return inner;
        }
        if (token.isOperator("[")) {
            List<Expression> elements = new ArrayList<>();
            while (!tokens.skipOperator("]")) {
                elements.add(expression());
                comma("]");
            }
            return new Expression.ListOf(elements);
        }
        if (token.isOperator("{")) {
            return map();
        }
        throw Refusal.at(token.line(), token.shown() + " stands where an expression is expected");
    }

    private Expression map() {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.skipOperator("}")) {
            keys.add(expression());
            tokens.expectOperator(":");
            values.add(expression());
            comma("}");
        }
        return new Expression.MapOf(keys, values);
    }

    private void comma(String end) {
        if (!tokens.isOperator(end)) {
            tokens.expectOperator(",");
        }
    }

    Expression postfix(Expression target) {
        Expression value = target;
        for (int links = 0; ; links = link(links)) {
            if (tokens.skipOperator(".")) {
                value = member(value);
            } else if (tokens.skipOperator("[")) {
                value = subscript(value);
            } else if (tokens.isOperator("(")) {
                int line = tokens.line();
                value = new Expression.Call(value, passed(), line);
            } else {
                return value;
            }
        }
    }

    private Expression member(Expression target) {
        Token token = tokens.next();
        if (token.kind() == Token.Kind.NAME) {
            return new Expression.Attribute(target, (String) token.value());
        }
        if (token.kind() == Token.Kind.NUMBER && !(token.value() instanceof Double)) {
            return new Expression.Item(target, new Expression.Literal(token.value()));
        }
        throw Refusal.at(token.line(), "a name or a whole number is missing after the dot");
    }

    private Expression subscript(Expression target) {
        Expression start = tokens.isOperator(":") ? null : expression();
        if (!tokens.isOperator(":")) {
            Expression key = Objects.requireNonNull(start);
            if (tokens.isOperator(",")) {
                List<Expression> several = new ArrayList<>(List.of(key));
                while (tokens.skipOperator(",") && !tokens.isOperator("]")) {
                    several.add(expression());
                }
                key = new Expression.TupleOf(several);
            }
            tokens.expectOperator("]");
            return new Expression.Item(target, key);
        }
        tokens.next();
        Expression stop = tokens.isOperator(":") || tokens.isOperator("]") ? null : expression();
        Expression step = null;
        if (tokens.skipOperator(":") && !tokens.isOperator("]")) {
            step = expression();
        }
        tokens.expectOperator("]");
        return new Expression.Slice(target, start, stop, step);
    }

    Passed passed() {
        tokens.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        Expression spread = null;
        Expression spreadNamed = null;
        while (!tokens.skipOperator(")")) {
            boolean open = spread == null && spreadNamed == null;
            if (tokens.isOperator("*") && open) {
                tokens.next();
                spread = expression();
            } else if (tokens.isOperator("**") && spreadNamed == null) {
                tokens.next();
                spreadNamed = expression();
            } else if (tokens.is(Token.Kind.NAME) && tokens.look().isOperator("=") && spreadNamed == null) {
                String name = tokens.name();
                tokens.next();
                if (named.put(name, expression()) != null) {
                    throw tokens.fail("the argument " + name + " is given twice");
                }
            } else if (open && named.isEmpty()) {
                positional.add(expression());
            } else {
                throw tokens.fail("the arguments of a call stand in a wrong order");
            }
            comma(")");
        }
        return new Passed(positional, named, spread, spreadNamed);
    }

    private Expression filters(Expression target) {
        Expression value = target;
        for (int links = 0; ; links = link(links)) {
            if (tokens.skipOperator("|")) {
                value = filter(value);
            } else if (tokens.skipName("is")) {
                value = test(value);
            } else if (tokens.isOperator("(")) {
                int line = tokens.line();
                value = new Expression.Call(value, passed(), line);
            } else {
                return value;
            }
        }
    }

    /** The filter whose name comes next. */
    Expression.Filter filter(@Nullable Expression target) {
        int line = tokens.line();
        String name = dotted();
        Passed passed = tokens.isOperator("(") ? passed() : Passed.NOTHING;
        return new Expression.Filter(target, name, passed, line);
    }

    private String dotted() {
        StringBuilder name = new StringBuilder(tokens.name());
        while (tokens.skipOperator(".")) {
            name.append('.').append(tokens.name());
        }
        return name.toString();
    }

    private Expression test(Expression target) {
        int line = tokens.line();
        boolean negated = tokens.skipName("not");
        String name = dotted();
        Passed passed = Passed.NOTHING;
        if (tokens.isOperator("(")) {
            passed = passed();
        } else if (startsOperand(tokens.current())) {
            if (tokens.current().isName("is")) {
                throw tokens.fail("a test cannot follow a test; put the first in parentheses");
            }
            passed = new Passed(List.of(postfix(primary())), Map.of(), null, null);
        }
        Expression test = new Expression.Test(target, name, passed, line);
        return negated ? new Expression.Not(test) : test;
    }

    private static boolean startsOperand(Token token) {
        return switch (token.kind()) {
            case NAME -> !token.isName("else") && !token.isName("or") && !token.isName("and");
            case STRING, NUMBER -> true;
            default -> token.isOperator("[") || token.isOperator("{");
        };
    }
}
