/** The artifacts of models on the device, each under its SHA-256, and what was served last. */
@NullMarked
package io.covey.edgeagent.artifacts;

import org.jspecify.annotations.NullMarked;
