/**
 * Makes decoders: what tensors a config asks for, where their memory lies, how a checkpoint fills it, and which layers are put
 * together over it. The config decides everything; no class here knows a family.
 */
@NullMarked
package dev.finetune4j.core.model.build;

import org.jspecify.annotations.NullMarked;
