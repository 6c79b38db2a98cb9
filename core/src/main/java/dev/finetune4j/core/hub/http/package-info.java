/**
 * The wire: requests whose redirects are followed by hand, a token that one origin alone may see, bodies that do not wait
 * for ever, attempts with growing pauses, transfers that go on where they broke off. Knows nothing of any hub's protocol.
 */
@NullMarked
package dev.finetune4j.core.hub.http;

import org.jspecify.annotations.NullMarked;
