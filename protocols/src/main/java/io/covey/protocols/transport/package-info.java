/** MQTT as the rest of Covey sees it, on Eclipse Paho or in memory with seeded faults. */
@NullMarked
package io.covey.protocols.transport;

import org.jspecify.annotations.NullMarked;
