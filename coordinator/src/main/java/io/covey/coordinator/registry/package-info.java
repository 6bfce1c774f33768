/** Models, their versions and the files these consist of. */
@NullMarked
package io.covey.coordinator.registry;

import org.jspecify.annotations.NullMarked;
