/** Planted for the tests of the architecture. */
@NullMarked
package io.covey.architecture.planted.edgeagent.config;

import org.jspecify.annotations.NullMarked;
