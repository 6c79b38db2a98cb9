/**
 * Models and data sets from the places where they are published. {@link dev.finetune4j.core.hub.Hubs} decides which hub
 * answers, as LLaMA-Factory's settings and the familiar environment variables say; every {@link dev.finetune4j.core.hub.Hub}
 * turns a repository, a revision and a path into files on this machine. The cache is the one that the Python tools use, so
 * nothing that is there already is fetched again.
 */
@NullMarked
package dev.finetune4j.core.hub;

import org.jspecify.annotations.NullMarked;
