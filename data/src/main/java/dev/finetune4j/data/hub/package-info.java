/**
 * Which files of a hub's repository make up a data set. The author may say so in the head of {@code README.md}; otherwise the
 * names of folders and files tell the splits. The rules are those of Python's {@code datasets}, so that a name means the same
 * rows here and there; no code of a repository is ever run.
 */
@NullMarked
package dev.finetune4j.data.hub;

import org.jspecify.annotations.NullMarked;
