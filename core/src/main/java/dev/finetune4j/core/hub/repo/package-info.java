/**
 * The words in which every hub is spoken of: a repository, what it holds at a revision, which of its files are wanted, and
 * who is told how far a transfer is. Nothing here touches the network or the disk.
 */
@NullMarked
package dev.finetune4j.core.hub.repo;

import org.jspecify.annotations.NullMarked;
