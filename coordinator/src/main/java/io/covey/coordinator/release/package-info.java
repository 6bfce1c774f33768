/**
 * Signed releases on the coordinator's side (ADR 25): which version is released under which
 * counter, the documents that say so, and their publication. {@code io.covey.crypto.release} has
 * the documents and the rules that devices check them by.
 */
@NullMarked
package io.covey.coordinator.release;

import org.jspecify.annotations.NullMarked;
