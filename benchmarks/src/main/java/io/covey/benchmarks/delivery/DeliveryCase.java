package io.covey.benchmarks.delivery;

import io.covey.coordinator.delivery.DeliverySettings;
import java.time.Duration;

/**
 * What is measured.
 *
 * @param agents 1 to 1000
 * @param bytes of the file
 * @param loss probability that the proxy drops a PUBLISH on its way to an agent, or one at QoS 0 on
 *     its way from one
 * @param cuts how often each agent's connection is cut, spread evenly over the file
 * @param https whether the file can also be had over HTTPS
 * @param timeout after which what is not there has not come
 */
record DeliveryCase(
    int agents,
    int bytes,
    double loss,
    int cuts,
    DeliverySettings.Mode mode,
    boolean https,
    long seed,
    Duration timeout) {}
