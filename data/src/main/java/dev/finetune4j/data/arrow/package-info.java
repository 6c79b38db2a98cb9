/**
 * Arrow tables as the Python library {@code datasets} saves them to disk: folders of IPC streams with two JSON files beside
 * them. Tables are mapped, never read whole; what is written here opens there and the other way round.
 */
@NullMarked
package dev.finetune4j.data.arrow;

import org.jspecify.annotations.NullMarked;
