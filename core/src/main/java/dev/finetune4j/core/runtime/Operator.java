package dev.finetune4j.core.runtime;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Argument;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorList;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** One operator that the binding does not map, called by name through the dispatcher. Thread-safe. */
final class Operator {
    private final OperatorHandle handle;
    /** For each argument what its elements are, if it is a list. Each look at a schema copies it and leaks its alias sets. */
    private final Type.@Nullable TypePtr[] elementTypes;

    Operator(String name, String overload) {
        // Operators live as long as the process, whatever scope happens to be open at their first use.
        try (PointerScope scope = new PointerScope()) {
            handle = new OperatorHandle(Dispatcher.singleton().findSchemaOrThrow(name, overload));
            handle.retainReference();
            elementTypes = elementTypes(handle.schema().arguments());
        }
    }

    private static Type.@Nullable TypePtr[] elementTypes(Argument arguments) {
        Type.@Nullable TypePtr[] types = new Type.@Nullable TypePtr[Math.toIntExact(arguments.limit())];
        for (int i = 0; i < types.length; i++) {
            Type type = arguments.getPointer(i).type().get();
            if (type.kind().intern() == torch.TypeKind.ListType) {
                types[i] = type.containedType(0);
                types[i].retainReference();
            }
        }
        return types;
    }

    Operator(String name) {
        this(name, "");
    }

    /**
     * Calls the operator.
     *
     * @param arguments a {@link Tensor}, a list of tensors, a boxed Java value, an {@link IValue}, or null for "none"
     * @return the tensors it returns, owned by the caller's innermost scope
     */
    Tensor[] call(@Nullable Object... arguments) {
        // The dispatcher reads below its stack if arguments are missing; there is no check behind this one.
        if (arguments.length != elementTypes.length) {
            throw new IllegalArgumentException(
                    "operator takes " + elementTypes.length + " arguments, got " + arguments.length);
        }
        Tensor[] results;
        try (PointerScope inner = new PointerScope()) {
            IValue[] values = new IValue[arguments.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = value(arguments[i], i);
            }
            IValueVector stack = new IValueVector(values);
            handle.callBoxed(stack);
            results = new Tensor[Math.toIntExact(stack.size())];
            for (int i = 0; i < results.length; i++) {
                results[i] = stack.get(i).isTensor() ? new Tensor(stack.get(i).toTensor()) : new Tensor();
                results[i].retainReference();
            }
        }
        handOver(results);
        return results;
    }

    /** Gives results that were retained past the inner scope to the scope that is innermost now, if there is one. */
    private static void handOver(Tensor[] results) {
        PointerScope outer = PointerScope.getInnerScope();
        if (outer == null) {
            return;
        }
        for (Tensor result : results) {
            outer.attach(result);
            result.releaseReference();
        }
    }

    private IValue value(@Nullable Object argument, int position) {
        if (argument == null) {
            return new IValue();
        }
        if (argument instanceof Tensor tensor) {
            return new IValue(tensor);
        }
        if (argument instanceof Boolean flag) {
            return new IValue(flag);
        }
        if (argument instanceof Double number) {
            return new IValue(number);
        }
        if (argument instanceof Long number) {
            return new IValue(number);
        }
        if (argument instanceof String text) {
            return new IValue(new BytePointer(text, StandardCharsets.UTF_8));
        }
        if (argument instanceof List<?> list) {
            return list(list, position);
        }
        return (IValue) argument;
    }

    private IValue list(List<?> elements, int position) {
        GenericList list;
        if (elements.isEmpty()) {
            list = new GenericList(Objects.requireNonNull(elementTypes[position]));
        } else {
            list = new GenericList(new TensorList().elementType());
        }
        for (Object element : elements) {
            list.push_back(new IValue((Tensor) element));
        }
        return new IValue(list);
    }
}
