package io.covey.simulator.fleet;

import io.covey.crypto.identity.TrialAuthority;
import io.covey.models.runtime.ModelRuntime;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.simulator.clock.Seeds;

/**
 * What everything in one simulation shares.
 *
 * @param authority enrols the devices
 * @param runtime shared by all devices; they never compute at the same time
 */
record SimulatedWorld(
    FleetId fleet,
    VirtualTime time,
    InMemoryNetwork network,
    ModelRuntime runtime,
    Seeds seeds,
    TrialAuthority authority) {

  Topics topics() {
    return new Topics(fleet);
  }
}
