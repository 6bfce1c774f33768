/** Planted for the tests of the architecture. */
@NullMarked
package io.covey.architecture.planted.edgeagent.serving;

import org.jspecify.annotations.NullMarked;
