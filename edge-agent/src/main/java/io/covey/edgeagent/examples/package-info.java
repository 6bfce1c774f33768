/** The examples that an agent trains on. They never leave the device. */
@NullMarked
package io.covey.edgeagent.examples;

import org.jspecify.annotations.NullMarked;
