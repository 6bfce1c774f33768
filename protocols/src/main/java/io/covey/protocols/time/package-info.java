/** Time and work as arguments: the same code runs on an event loop and under virtual time. */
@NullMarked
package io.covey.protocols.time;

import org.jspecify.annotations.NullMarked;
