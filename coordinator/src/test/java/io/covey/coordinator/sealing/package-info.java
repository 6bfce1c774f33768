/** Tests of how versions are sealed. */
@NullMarked
package io.covey.coordinator.sealing;

import org.jspecify.annotations.NullMarked;
