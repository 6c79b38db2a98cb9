package dev.finetune4j.core.model.build;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * Memory for the parameters of a model: aligned for the processor's widest loads, which a mapped file's tensors are not, and
 * with the matrices that multiply the same input end to end, so that one product can serve them
 * ({@link dev.finetune4j.core.model.projection.ProjectionGroup}).
 */
final class Placement implements AutoCloseable {
    private final ModelShapes shapes;
    private final Function<String, DType> dtypes;
    private final Device device;
    private final Map<String, Tensor> neighbourhoods = new HashMap<>();
    private final Map<String, Long> filledRows = new HashMap<>();

    /**
     * @param shapes of all parameters
     * @param dtypes of a parameter by name
     */
    Placement(ModelShapes shapes, Function<String, DType> dtypes, Device device) {
        this.shapes = shapes;
        this.dtypes = dtypes;
        this.device = device;
    }

    /** Uninitialised memory for one parameter, to be asked for in the order of the shapes; in the caller's scope. */
    Tensor place(String name) {
        long[] shape = Objects.requireNonNull(shapes.all().get(name), name);
        String key = neighbourhood(name);
        if (shape.length != 2 || key.equals(name)) {
            return Torch.empty(dtypes.apply(name), device, shape);
        }
        Tensor whole = neighbourhoods.computeIfAbsent(key, k -> allocate(k, name, shape[1]));
        long start = filledRows.merge(key, shape[0], Long::sum) - shape[0];
        return whole.narrow(0, start, shape[0]);
    }

    private Tensor allocate(String key, String first, long columns) {
        long rows = 0;
        for (Map.Entry<String, long[]> shape : shapes.all().entrySet()) {
            if (shape.getValue().length == 2 && neighbourhood(shape.getKey()).equals(key)) {
                rows += shape.getValue()[0];
            }
        }
        try (Scope scope = Scope.open("neighbours")) {
            return Scope.claim(Torch.empty(dtypes.apply(first), device, rows, columns));
        }
    }

    /** What neighbours have in common; other parameters have their own names. */
    private String neighbourhood(String name) {
        String common = shapes.neighbourhood(name);
        return common.equals(name) ? name : common + " " + dtypes.apply(name);
    }

    /** Lets go of what the parameters hold by now. */
    @Override
    public void close() {
        neighbourhoods.values().forEach(Tensor::close);
        neighbourhoods.clear();
    }
}
