package io.covey.simulator.fleet;

import io.covey.crypto.identity.TrialAuthority;
import io.covey.models.runtime.ModelRuntime;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.TransportSettings;
import io.covey.simulator.clock.Seeds;
import io.covey.simulator.network.HostileBroker;

/**
 * What everything in one simulation shares.
 *
 * @param authority enrols the devices
 * @param broker honest until it follows another plan
 * @param hearsay told of everything that devices publish
 * @param runtime shared by all devices; they never compute at the same time
 */
record SimulatedWorld(
    FleetId fleet,
    VirtualTime time,
    InMemoryNetwork network,
    ModelRuntime runtime,
    Seeds seeds,
    TrialAuthority authority,
    HostileBroker broker,
    Hearsay hearsay) {

  /** A client of the network, through the broker. */
  MqttTransport connect(TransportSettings settings) {
    return broker.intercept(settings.clientId(), network.connect(settings));
  }

  Topics topics() {
    return new Topics(fleet);
  }
}
