/** The one list of MQTT topics. */
@NullMarked
package io.covey.protocols.topic;

import org.jspecify.annotations.NullMarked;
