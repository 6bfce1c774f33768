/**
 * The MQTT 5 broker in the coordinator's own process: HiveMQ Community Edition, started with
 * settings that suit a fleet, with each client held to its own topics. The only home of HiveMQ.
 */
@NullMarked
package io.covey.coordinator.broker;

import org.jspecify.annotations.NullMarked;
