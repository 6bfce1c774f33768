/**
 * The agent on MQTT: {@link io.covey.edgeagent.mqtt.AgentConnection} speaks the protocol, {@link
 * io.covey.edgeagent.mqtt.ArtifactFetcher} brings artifacts in.
 *
 * <p>Thread rule of the package: everything is called, and calls back, on the agent's scheduler.
 */
@NullMarked
package io.covey.edgeagent.mqtt;

import org.jspecify.annotations.NullMarked;
