/**
 * Code that breaks the rules on purpose. Its packages mirror those of production code; only {@code
 * PlantedViolationsTest} imports them.
 */
@NullMarked
package io.covey.architecture.planted;

import org.jspecify.annotations.NullMarked;
