/** Blocks of files on request: who asks for what, and what goes out when, once for all who wait. */
@NullMarked
package io.covey.coordinator.delivery;

import org.jspecify.annotations.NullMarked;
