/**
 * {@code covey model}: looks at models, derives, quantizes, bakes and trains them on one machine,
 * before a fleet has them.
 */
@NullMarked
package io.covey.coordinator.workbench;

import org.jspecify.annotations.NullMarked;
