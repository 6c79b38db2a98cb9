package dev.finetune4j.data.jinja.syntax;

import dev.finetune4j.core.error.TemplateException;
import java.util.List;

/** The words of a template with a place among them. */
final class Tokens {
    /** Deeper trees could exhaust the stack. */
    private static final int DEEPEST = 120;

    private final List<Token> tokens;
    private int at;
    private int depth;

    Tokens(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(at);
    }

    Token look() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = current();
        if (at < tokens.size() - 1) {
            at++;
        }
        return token;
    }

    int line() {
        return current().line();
    }

    boolean is(Token.Kind kind) {
        return current().kind() == kind;
    }

    boolean isOperator(String operator) {
        return current().isOperator(operator);
    }

    boolean skipOperator(String operator) {
        if (!isOperator(operator)) {
            return false;
        }
        next();
        return true;
    }

    boolean skipName(String name) {
        if (!current().isName(name)) {
            return false;
        }
        next();
        return true;
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw fail("\"" + operator + "\" is missing before " + current().shown());
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw fail("\"" + name + "\" is missing before " + current().shown());
        }
    }

    Token expect(Token.Kind kind, String what) {
        if (!is(kind)) {
            throw fail(what + " is missing before " + current().shown());
        }
        return next();
    }

    String name() {
        return (String) expect(Token.Kind.NAME, "a name").value();
    }

    TemplateException fail(String what) {
        return Refusal.at(line(), what);
    }

    /** On the way into an expression or block inside another. */
    void enter() {
        if (++depth > DEEPEST) {
            throw fail("expressions or blocks are nested more than " + DEEPEST + " deep");
        }
    }

    void leave() {
        depth--;
    }
}
