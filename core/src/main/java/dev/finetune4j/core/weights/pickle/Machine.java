package dev.finetune4j.core.weights.pickle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The stack of a pickle with its marks, and the memo of values that are met again. */
final class Machine {
    private final Faults faults;
    private final List<Object> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();

    Machine(Faults faults) {
        this.faults = faults;
    }

    void push(Object value) {
        stack.add(value);
    }

    void mark() {
        marks.add(stack.size());
    }

    /** Takes what lies above the last mark, lowest first; the mark goes too. */
    List<Object> popToMark() {
        if (marks.isEmpty()) {
            throw faults.damaged("its instructions close what they did not open");
        }
        int from = marks.remove(marks.size() - 1);
        List<Object> top = stack.subList(from, stack.size());
        List<Object> items = new ArrayList<>(top);
        top.clear();
        return items;
    }

    Object pop() {
        Object top = top();
        stack.remove(stack.size() - 1);
        return top;
    }

    Object top() {
        int bottom = marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
        if (stack.size() <= bottom) {
            throw faults.damaged("its instructions take more than is there");
        }
        return stack.get(stack.size() - 1);
    }

    <T> T pop(Class<T> type) {
        return cast(pop(), type);
    }

    <T> T top(Class<T> type) {
        return cast(top(), type);
    }

    private <T> T cast(Object value, Class<T> type) {
        if (!type.isInstance(value)) {
            throw faults.damaged("its instructions want a "
                    + type.getSimpleName().toLowerCase(java.util.Locale.ROOT) + " where "
                    + Value.kind(value) + " is");
        }
        return type.cast(value);
    }

    void tuple(int size) {
        Object[] items = new Object[size];
        for (int i = size - 1; i >= 0; i--) {
            items[i] = pop();
        }
        push(new Value.Tuple(List.of(items)));
    }

    void remember(long index) {
        memo.put(index, top());
    }

    void rememberNext() {
        remember(memo.size());
    }

    void recall(long index) {
        Object value = memo.get(index);
        if (value == null) {
            throw faults.damaged("it asks for the value " + index + ", which it never kept");
        }
        push(value);
    }
}
