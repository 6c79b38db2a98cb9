/**
 * Hubs to test against, on this machine: {@link dev.finetune4j.core.testing.hub.HubServer} answers as Hugging Face,
 * ModelScope and Modelers do, serves large files from a second server, and fails on demand.
 */
@NullMarked
package dev.finetune4j.core.testing.hub;

import org.jspecify.annotations.NullMarked;
