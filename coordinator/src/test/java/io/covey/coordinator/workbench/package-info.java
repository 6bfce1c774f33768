/** Tests of {@code covey model}. */
@NullMarked
package io.covey.coordinator.workbench;

import org.jspecify.annotations.NullMarked;
