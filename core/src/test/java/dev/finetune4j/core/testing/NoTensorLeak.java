package dev.finetune4j.core.testing;

import dev.finetune4j.core.runtime.Scope;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves native objects behind. Classes that libtorch's operators load once, such as the handles of
 * operators called by name, are warmed up by {@link Warmup} first.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NoTensorLeak.Check.class)
public @interface NoTensorLeak {
    /** Compares the number of live native objects before and after. */
    final class Check implements BeforeTestExecutionCallback, AfterTestExecutionCallback {
        private static final ExtensionContext.Namespace SPACE = ExtensionContext.Namespace.create(NoTensorLeak.class);

        @Override
        public void beforeTestExecution(ExtensionContext context) {
            Warmup.run();
            context.getStore(SPACE).put(context.getUniqueId(), Scope.liveObjects());
        }

        @Override
        public void afterTestExecution(ExtensionContext context) {
            Long before = context.getStore(SPACE).get(context.getUniqueId(), Long.class);
            Assertions.assertEquals(before, Scope.liveObjects(), "live native objects");
        }
    }
}
