package dev.finetune4j.data.jinja.syntax;

import dev.finetune4j.data.jinja.python.Numbers;
import dev.finetune4j.data.jinja.python.Texts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits a template into words, and takes the blanks away that its tags swallow. */
final class Lexer {
    private static final Pattern RAW = Pattern.compile("\\{%([-+]?)\\s*raw\\s*(?:-%}\\s*|%})");
    private static final Pattern END_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(?:\\+%}|-%}\\s*|%}\\n?)");
    private static final Pattern FLOAT =
            Pattern.compile("(?:\\d+_)*\\d+(?:(?:\\.(?:\\d+_)*\\d+)?[eE][+-]?(?:\\d+_)*\\d+|\\.(?:\\d+_)*\\d+)");
    private static final Pattern INTEGER =
            Pattern.compile("0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\\da-fA-F])+|[1-9](?:_?\\d)*|0(?:_?0)*");
    private static final List<String> OPERATORS = List.of(
            "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<",
            "=", ".", ":", "|", ",", ";");
    private static final int LONGEST_TEMPLATE = 1 << 20;

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    /** Whether what was read last ended with a line feed, so that blanks may begin a line. */
    private boolean lineStarts = true;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> split(String template) {
        if (template.length() > LONGEST_TEMPLATE) {
            throw Refusal.at(1, "it is longer than " + LONGEST_TEMPLATE + " characters");
        }
        String lines = template.replace("\r\n", "\n").replace('\r', '\n');
        Lexer lexer = new Lexer(lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (at < source.length()) {
            int tag = nextTag();
            if (tag < 0) {
                add(Token.Kind.DATA, source.substring(at));
                at = source.length();
                break;
            }
            tag(tag);
        }
        add(Token.Kind.END, "");
    }

    private int nextTag() {
        for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
            if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private void tag(int tag) {
        char kind = source.charAt(tag + 1);
        char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
        Matcher raw = RAW.matcher(source).region(tag, source.length());
        data(source.substring(at, tag), sign, kind == '{');
        if (kind == '%' && raw.lookingAt()) {
            moveTo(raw.end());
            raw();
            return;
        }
        moveTo(tag + (sign == '-' || sign == '+' ? 3 : 2));
        if (kind == '#') {
            comment();
        } else {
            code(kind == '%');
        }
    }

    /** Text before a tag; the tag's sign says what happens to its blanks. */
    private void data(String text, char sign, boolean beforeVariable) {
        String kept = text;
        if (sign == '-') {
            kept = Texts.stripEnd(text);
        } else if (sign != '+' && !beforeVariable) {
            int lineFrom = text.lastIndexOf('\n') + 1;
            boolean blank = Texts.strip(text.substring(lineFrom)).isEmpty();
            if (blank && (lineFrom > 0 || lineStarts)) {
                kept = text.substring(0, lineFrom);
            }
        }
        add(Token.Kind.DATA, kept);
        countLines(text);
    }

    private void moveTo(int end) {
        lineStarts = end > 0 && source.charAt(end - 1) == '\n';
        at = end;
    }

    private void countLines(String text) {
        for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
            line++;
        }
    }

    private void add(Token.Kind kind, Object value) {
        if (kind != Token.Kind.DATA || !value.equals("")) {
            tokens.add(new Token(kind, value, line));
        }
    }

    private void raw() {
        Matcher end = END_RAW.matcher(source);
        if (!end.find(at)) {
            throw Refusal.at(line, "a raw block has no end");
        }
        String sign = end.group(1);
        data(source.substring(at, end.start()), sign.isEmpty() ? ' ' : sign.charAt(0), false);
        countLines(end.group());
        moveTo(end.end());
    }

    private void comment() {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw Refusal.at(line, "a comment has no end");
        }
        char sign = end > at ? source.charAt(end - 1) : ' ';
        int after = afterTag(end + 2, sign, true);
        countLines(source.substring(at, after));
        moveTo(after);
    }

    /** Where the text goes on: a minus swallows all blanks, a block also one line feed. */
    private int afterTag(int end, char sign, boolean block) {
        int after = end;
        if (sign == '-') {
            while (after < source.length() && Texts.isBlank(source.charAt(after))) {
                after++;
            }
        } else if (block && sign != '+' && after < source.length() && source.charAt(after) == '\n') {
            after++;
        }
        return after;
    }

    private void code(boolean block) {
        add(block ? Token.Kind.BLOCK_BEGIN : Token.Kind.VARIABLE_BEGIN, "");
        String close = block ? "%}" : "}}";
        Deque<Character> open = new ArrayDeque<>();
        while (at < source.length()) {
            char c = source.charAt(at);
            boolean signed = (c == '-' || (c == '+' && block)) && source.startsWith(close, at + 1);
            if (open.isEmpty() && (signed || source.startsWith(close, at))) {
                add(block ? Token.Kind.BLOCK_END : Token.Kind.VARIABLE_END, "");
                int after = afterTag(at + (signed ? 3 : 2), signed ? c : ' ', block);
                countLines(source.substring(at, after));
                moveTo(after);
                return;
            }
            word(c, open);
        }
    }

    private void word(char c, Deque<Character> open) {
        int from = at;
        if (Texts.isBlank(c)) {
            at++;
        } else if (c >= '0' && c <= '9') {
            number();
        } else if (isNamePart(source.codePointAt(at))) {
            name();
        } else if (c == '\'' || c == '"') {
            text(c);
        } else {
            operator(open);
        }
        countLines(source.substring(from, at));
    }

    private static boolean isNamePart(int c) {
        return c == '_' || Character.isLetterOrDigit(c) || Character.getType(c) == Character.LETTER_NUMBER;
    }

    private void name() {
        int from = at;
        while (at < source.length() && isNamePart(source.codePointAt(at))) {
            at += Character.charCount(source.codePointAt(at));
        }
        // Names are compared by identity while a template runs.
        String name = source.substring(from, at).intern();
        if (!Character.isUnicodeIdentifierStart(name.codePointAt(0)) && name.charAt(0) != '_') {
            throw Refusal.at(line, "\"" + name + "\" is no name");
        }
        add(Token.Kind.NAME, name);
    }

    private void number() {
        Matcher real = FLOAT.matcher(source).region(at, source.length());
        boolean afterDot = at > 0 && source.charAt(at - 1) == '.';
        if (!afterDot && real.lookingAt()) {
            add(Token.Kind.NUMBER, Double.valueOf(real.group().replace("_", "")));
            at = real.end();
            return;
        }
        Matcher whole = INTEGER.matcher(source).region(at, source.length());
        if (!whole.lookingAt()) {
            throw Refusal.at(line, "a number cannot be read");
        }
        Object value = Numbers.parse(whole.group(), 0);
        if (value == null) {
            throw Refusal.at(line, "a number has too many digits");
        }
        add(Token.Kind.NUMBER, value);
        at = whole.end();
    }

    private void text(char quote) {
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw Refusal.at(line, "a text that begins with " + quote + " has no end");
        }
        add(Token.Kind.STRING, StringLiteral.unescape(source.substring(at + 1, end), line));
        at = end + 1;
    }

    private void operator(Deque<Character> open) {
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, at)) {
                balance(operator.charAt(0), open);
                add(Token.Kind.OPERATOR, operator);
                at += operator.length();
                return;
            }
        }
        throw Refusal.at(line, "the character " + source.substring(at, at + 1) + " has no meaning inside a tag");
    }

    private void balance(char c, Deque<Character> open) {
        switch (c) {
            case '(' -> open.push(')');
            case '[' -> open.push(']');
            case '{' -> open.push('}');
            case ')', ']', '}' -> {
                if (open.isEmpty() || open.pop() != c) {
                    throw Refusal.at(line, "a " + c + " closes nothing that is open");
                }
            }
            default -> {}
        }
    }
}
