/** MQTT towards the agents: decodes what they say, encodes what they are told. */
@NullMarked
package io.covey.coordinator.mqtt;

import org.jspecify.annotations.NullMarked;
