package dev.finetune4j.data.jinja.value;

import java.util.Iterator;

/** Elements that come once and in order, as Python's generators do; a second walk finds nothing. */
public record Lazy(Iterator<Object> elements) {}
