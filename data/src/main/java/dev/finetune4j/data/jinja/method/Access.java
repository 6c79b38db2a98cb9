package dev.finetune4j.data.jinja.method;

import dev.finetune4j.data.jinja.python.Comparison;
import dev.finetune4j.data.jinja.python.Numbers;
import dev.finetune4j.data.jinja.python.Sequences;
import dev.finetune4j.data.jinja.python.Texts;
import dev.finetune4j.data.jinja.python.Values;
import dev.finetune4j.data.jinja.value.Attributed;
import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.Function;
import dev.finetune4j.data.jinja.value.Tuple;
import dev.finetune4j.data.jinja.value.Undefined;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Attributes and elements. What does not exist is undefined; what exists only to change a value, or begins with _, is unsafe. */
public final class Access {
    private static final Set<String> LIST_CHANGES =
            Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");
    private static final Set<String> MAP_CHANGES = Set.of("clear", "pop", "popitem", "setdefault", "update");

    private Access() {}

    /** {@code target.name}: the attribute first, then the element. */
    public static Object attribute(Budget budget, Object target, String name) {
        if (target instanceof Undefined undefined) {
            throw undefined.fault();
        }
        Object attribute = own(target, name);
        if (attribute != null) {
            return attribute;
        }
        if (target instanceof Map<?, ?> map) {
            Object value = Comparison.lookup(budget, map, name);
            if (value != null) {
                return value;
            }
        }
        return name.startsWith("__")
                ? Undefined.unsafe(Values.type(target), name)
                : Undefined.member(Values.type(target), name);
    }

    /** {@code target[key]}: the element first, then the attribute. */
    public static Object item(Budget budget, Object target, Object key) {
        if (target instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (target instanceof Map<?, ?> map && Comparison.isHashable(budget, key)) {
            Object value = Comparison.lookup(budget, map, key);
            if (value != null) {
                return value;
            }
        }
        if (Numbers.isInteger(key)) {
            Object element = element(budget, target, Numbers.index(key));
            if (element != null) {
                return element;
            }
        }
        String name = Values.asText(key);
        Object attribute = name == null ? null : own(target, name);
        if (attribute != null) {
            return attribute;
        }
        return Undefined.member(Values.type(target), name == null ? "element" : name);
    }

    private static @Nullable Object element(Budget budget, Object target, long place) {
        String text = Values.asText(target);
        if (text == null && !(target instanceof List)) {
            return null;
        }
        int length = text == null ? ((List<?>) target).size() : Texts.length(text);
        long at = place < 0 ? place + length : place;
        if (at < 0 || at >= length) {
            return null;
        }
        return text == null ? Sequences.at((List<?>) target, (int) at) : Texts.cut(text, (int) at, (int) at + 1);
    }

    /** What Python finds as an attribute of the object, null where there is nothing of that name. */
    public static @Nullable Object own(Object target, String name) {
        if (target instanceof Attributed attributed) {
            Object attribute = attributed.attribute(name);
            return attribute != null && name.startsWith("_")
                    ? Undefined.unsafe(attributed.typeName(), name)
                    : attribute;
        }
        if (target instanceof Map) {
            return MAP_CHANGES.contains(name) ? Undefined.unsafe("dict", name) : bound(MapMethods.TABLE, target, name);
        }
        if (Values.isList(target)) {
            return LIST_CHANGES.contains(name)
                    ? Undefined.unsafe("list", name)
                    : bound(ListMethods.TABLE, target, name);
        }
        if (target instanceof Tuple tuple && tuple.isGroup() && (name.equals("grouper") || name.equals("list"))) {
            return tuple.get(name.equals("list") ? 1 : 0);
        }
        if (target instanceof List) {
            return name.equals("copy") ? null : bound(ListMethods.TABLE, target, name);
        }
        return Values.asText(target) != null ? bound(TextMethods.TABLE, target, name) : null;
    }

    private static @Nullable Object bound(Map<String, Builtin> methods, Object target, String name) {
        Builtin method = methods.get(name);
        return method == null ? null : (Function) (budget, arguments) -> method.call(budget, target, arguments);
    }

    /** An attribute path such as {@code a.b.0}, as filters take it. */
    public static Object path(Budget budget, Object target, Object path, @Nullable Object otherwise) {
        String text = Values.asText(path);
        if (text == null) {
            return orElse(item(budget, target, path), otherwise);
        }
        Object value = target;
        for (String part : text.split("\\.", -1)) {
            boolean place = !part.isEmpty() && part.chars().allMatch(Character::isDigit) && part.length() < 10;
            value = orElse(item(budget, value, place ? (Object) Long.valueOf(part) : part), otherwise);
        }
        return value;
    }

    private static Object orElse(Object value, @Nullable Object otherwise) {
        return otherwise != null && value instanceof Undefined ? otherwise : value;
    }
}
