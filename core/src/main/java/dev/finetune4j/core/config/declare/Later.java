package dev.finetune4j.core.config.declare;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Values of a setting that LLaMA-Factory knows and this version refuses by name, so that nobody mistakes a missing
 * feature for a misspelling.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Later {
    String[] value();
}
