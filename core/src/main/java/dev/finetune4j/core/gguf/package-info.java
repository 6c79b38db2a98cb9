/**
 * Models in GGUF files, as llama.cpp and Ollama keep them: the file is checked and read as it is, its metadata become the
 * {@code config.json} that the same model has on a hub, and its tensors appear under their names there, widened to fp32.
 * Nothing behind this package knows that a model came from such a file.
 */
@NullMarked
package dev.finetune4j.core.gguf;

import org.jspecify.annotations.NullMarked;
