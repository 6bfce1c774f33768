/** Files over HTTPS, beside MQTT: an adapter behind {@link io.covey.edgeagent.mqtt.RangeSource}. */
@NullMarked
package io.covey.edgeagent.https;

import org.jspecify.annotations.NullMarked;
