/** What passes over the wire, as somebody who listens there sees it. */
@NullMarked
package io.covey.simulator.network;

import org.jspecify.annotations.NullMarked;
