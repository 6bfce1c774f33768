/**
 * Value types for everything that has a name: checked when made, safe in a topic, a path and a log.
 */
@NullMarked
package io.covey.protocols.id;

import org.jspecify.annotations.NullMarked;
