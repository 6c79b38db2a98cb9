package dev.finetune4j.data.jinja.eval;

import dev.finetune4j.data.jinja.python.Sequences;
import dev.finetune4j.data.jinja.syntax.Target;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Namespace;
import java.util.List;

/** Where a value goes, ready to run. */
@FunctionalInterface
interface Assignment {
    void assign(Frame frame, Object value);

    static Assignment of(Target target) {
        if (target instanceof Target.Name named) {
            String name = named.name().intern();
            return (frame, value) -> frame.set(name, value);
        }
        if (target instanceof Target.Member member) {
            String name = member.namespace().intern();
            return (frame, value) -> {
                if (!(frame.get(name) instanceof Namespace namespace)) {
                    throw new Fault("only attributes of a namespace() can be set, and " + name + " is none");
                }
                namespace.set(member.attribute(), value);
            };
        }
        List<Assignment> each =
                ((Target.Several) target).targets().stream().map(Assignment::of).toList();
        return (frame, value) -> {
            List<Object> values = Sequences.list(frame.budget(), value);
            if (values.size() != each.size()) {
                throw new Fault(each.size() + " names are to be given " + values.size() + " values");
            }
            for (int i = 0; i < values.size(); i++) {
                each.get(i).assign(frame, values.get(i));
            }
        };
    }
}
