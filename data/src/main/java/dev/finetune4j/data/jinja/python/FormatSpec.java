package dev.finetune4j.data.jinja.python;

import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.source.PythonFloat;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands behind the colon of a replacement field: {@code >10.2f}.
 *
 * @param fill the padding character
 * @param align one of {@code < > = ^}, blank for the type's own
 * @param sign one of {@code + -} and blank
 * @param alternate whether prefixes such as 0x are written
 * @param width at least so many characters; 0 for none
 * @param grouping comma, underscore or empty
 * @param precision -1 for none
 * @param type the notation, blank for the type's own
 */
record FormatSpec(
        String fill, char align, char sign, boolean alternate, int width, String grouping, int precision, char type) {
    private static final Pattern SYNTAX = Pattern.compile(
            "(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\\d{1,9})?([,_])?(?:\\.(\\d{1,9}))?(.)?", Pattern.DOTALL);

    static FormatSpec parse(String spec) {
        Matcher matcher = SYNTAX.matcher(spec);
        if (!matcher.matches()) {
            throw new Fault("'" + spec + "' is no format");
        }
        boolean zero = matcher.group(5) != null;
        String fill = matcher.group(1) != null ? matcher.group(1) : zero ? "0" : " ";
        String align = matcher.group(2) != null ? matcher.group(2) : zero ? "=" : " ";
        return new FormatSpec(
                fill,
                align.charAt(0),
                matcher.group(3) == null ? '-' : matcher.group(3).charAt(0),
                matcher.group(4) != null,
                matcher.group(6) == null ? 0 : Integer.parseInt(matcher.group(6)),
                matcher.group(7) == null ? "" : matcher.group(7),
                matcher.group(8) == null ? -1 : Integer.parseInt(matcher.group(8)),
                matcher.group(9) == null ? ' ' : matcher.group(9).charAt(0));
    }

    /** As {@code format(value, spec)}. */
    static String format(Budget budget, Object value, String spec) {
        if (spec.isEmpty()) {
            return Repr.text(budget, value);
        }
        FormatSpec parsed = parse(spec);
        budget.text((long) parsed.width + Math.max(0, parsed.precision));
        String text = Values.asText(value);
        if (text != null) {
            return parsed.text(text);
        }
        if (!Values.isNumber(value)) {
            throw Fault.type("a " + Values.type(value) + " takes no format '" + spec + "'");
        }
        boolean real = value instanceof Double || "eEfFgG%".indexOf(parsed.type) >= 0;
        return real ? parsed.real(Numbers.real(value)) : parsed.integer(Numbers.big(value));
    }

    private String text(String text) {
        if ((type != ' ' && type != 's') || align == '=' && !fill.equals("0") || sign != '-' || alternate) {
            throw Fault.type("a text takes no such format");
        }
        int length = Texts.length(text);
        String cut = precision >= 0 && precision < length ? Texts.cut(text, 0, precision) : text;
        return pad("", cut, align == ' ' || align == '=' ? '<' : align);
    }

    private String integer(BigInteger number) {
        if (precision >= 0) {
            throw new Fault("a whole number takes no precision");
        }
        String digits = number.abs().toString(radix());
        String prefix = alternate && radix() != 10 ? "0" + type : "";
        if (type == 'X') {
            digits = digits.toUpperCase(Locale.ROOT);
        }
        int every = radix() == 10 ? 3 : 4;
        return pad(signOf(number.signum() < 0) + prefix, group(digits, every), align == ' ' ? '>' : align);
    }

    private int radix() {
        return switch (type) {
            case ' ', 'd', 'n' -> 10;
            case 'x', 'X' -> 16;
            case 'o' -> 8;
            case 'b' -> 2;
            default -> throw new Fault("'" + type + "' is no format of a whole number");
        };
    }

    private String real(double value) {
        boolean negative = value < 0 || (value == 0 && 1 / value < 0);
        double size = Math.abs(value);
        String text;
        if (type == ' ') {
            text = precision < 0 ? PythonFloat.of(size) : plain(RealFormat.of(size, 'g', precision, alternate));
        } else if ("eEfFgGn%".indexOf(type) >= 0) {
            text = RealFormat.of(size, type == 'n' ? 'g' : type, precision, alternate);
        } else {
            throw new Fault("'" + type + "' is no format of a float");
        }
        int point = 0;
        while (point < text.length() && Character.isDigit(text.charAt(point))) {
            point++;
        }
        String grouped = group(text.substring(0, point), 3) + text.substring(point);
        return pad(signOf(negative), grouped, align == ' ' ? '>' : align);
    }

    private static String plain(String general) {
        boolean whole = general.chars().allMatch(Character::isDigit);
        return whole ? general + ".0" : general;
    }

    private String signOf(boolean negative) {
        if (negative) {
            return "-";
        }
        return sign == '-' ? "" : String.valueOf(sign);
    }

    private String group(String digits, int every) {
        if (grouping.isEmpty()) {
            return digits;
        }
        StringBuilder out = new StringBuilder(digits);
        for (int i = digits.length() - every; i > 0; i -= every) {
            out.insert(i, grouping);
        }
        return out.toString();
    }

    private String pad(String head, String body, char align) {
        int missing = width - Texts.length(head) - Texts.length(body);
        if (missing <= 0) {
            return head + body;
        }
        return switch (align) {
            case '<' -> head + body + fill.repeat(missing);
            case '=' -> head + fill.repeat(missing) + body;
            case '^' -> fill.repeat(missing / 2) + head + body + fill.repeat(missing - missing / 2);
            default -> fill.repeat(missing) + head + body;
        };
    }
}
