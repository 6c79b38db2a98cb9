package dev.finetune4j.data.jinja.eval;

import dev.finetune4j.data.jinja.value.Arguments;
import dev.finetune4j.data.jinja.value.Attributed;
import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Function;
import dev.finetune4j.data.jinja.value.Tuple;
import dev.finetune4j.data.jinja.value.Undefined;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A macro or the body of a call block, where it was defined. Gives the text that its body writes. */
final class Macro implements Function, Attributed {
    static final String CALLER = "caller";

    /**
     * What does not depend on the rendering.
     *
     * @param parameters interned
     * @param defaults of the last parameters
     * @param uses which of the special names the body uses
     */
    record Code(String name, List<String> parameters, List<Evaluator> defaults, Set<String> uses, Action body) {}

    private final Code code;
    private final Frame defined;

    Macro(Code code, Frame defined) {
        this.code = code;
        this.defined = defined;
    }

    @Override
    public Object call(Budget budget, Arguments arguments) {
        budget.enter();
        Frame frame = defined.inner();
        bind(frame, arguments);
        Run run = defined.run();
        StringBuilder before = run.capture();
        code.body().run(frame);
        String text = run.release(before);
        budget.leave();
        return text;
    }

    private void bind(Frame frame, Arguments arguments) {
        List<String> parameters = code.parameters();
        List<Object> places = arguments.positional();
        Map<String, Object> named = new LinkedHashMap<>(arguments.named());
        int firstDefault = parameters.size() - code.defaults().size();
        for (int i = 0; i < parameters.size(); i++) {
            String name = parameters.get(i);
            Object value = i < places.size() ? places.get(i) : named.remove(name);
            if (value == null) {
                value = i < firstDefault
                        ? Undefined.because("the parameter '" + name + "' of " + code.name() + " was not given")
                        : code.defaults().get(i - firstDefault).value(frame);
            }
            frame.set(name, value);
        }
        bindCaller(frame, named);
        if (code.uses().contains("kwargs")) {
            frame.set("kwargs", named);
        } else if (!named.isEmpty()) {
            throw Fault.type("the macro " + code.name() + " takes no argument "
                    + named.keySet().iterator().next());
        }
        boolean tooMany = places.size() > parameters.size();
        if (code.uses().contains("varargs")) {
            frame.set(
                    "varargs",
                    new Tuple(tooMany ? List.copyOf(places.subList(parameters.size(), places.size())) : List.of()));
        } else if (tooMany) {
            throw Fault.type("the macro " + code.name() + " takes at most " + parameters.size() + " arguments");
        }
    }

    private void bindCaller(Frame frame, Map<String, Object> named) {
        if (code.uses().contains(CALLER) && !code.parameters().contains(CALLER)) {
            Object caller = named.remove(CALLER);
            frame.set(
                    CALLER,
                    caller == null
                            ? Undefined.because("there is no caller: the macro was not called by {% call %}")
                            : caller);
        }
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "name" -> code.name();
            case "arguments" -> new Tuple(List.copyOf(code.parameters()));
            case "caller" -> code.uses().contains(CALLER);
            case "catch_kwargs" -> code.uses().contains("kwargs");
            case "catch_varargs" -> code.uses().contains("varargs");
            default -> null;
        };
    }

    @Override
    public String typeName() {
        return "Macro";
    }
}
