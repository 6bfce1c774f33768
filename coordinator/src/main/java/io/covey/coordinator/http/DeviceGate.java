package io.covey.coordinator.http;

import io.covey.crypto.identity.x509.MemberName;
import io.covey.crypto.identity.x509.MemberStanding;
import io.covey.crypto.identity.x509.Role;
import io.covey.protocols.id.AgentId;
import io.vertx.core.http.HttpConnection;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which devices are connected, and how much each and all have under way. TLS has validated the
 * chain; what is left is the role, revocation, and that the certificate may end while the
 * connection lasts. Confined to the server's event loop.
 */
final class DeviceGate {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceGate.class);

  private final FileDeliverySettings settings;
  private final MemberStanding standing;
  private final DeliveryMeters meters;
  private final Map<HttpConnection, Device> open = new HashMap<>();
  private final Map<AgentId, Load> loads = new HashMap<>();
  private int requests;

  private record Device(AgentId name, X509Certificate certificate) {}

  /** What one device takes. */
  private static final class Load {
    private int connections;
    private int requests;
  }

  DeviceGate(FileDeliverySettings settings, MemberStanding standing, DeliveryMeters meters) {
    this.settings = settings;
    this.standing = standing;
    this.meters = meters;
  }

  /** Called for each new connection; closes it if it may not be. */
  void opened(HttpConnection connection) {
    Optional<Device> device = certificate(connection).flatMap(this::device);
    if (device.isEmpty()) {
      close(connection, "not_a_device");
    } else if (standing.objection(device.get().certificate()).isPresent()) {
      LOG.debug(
          "refused {}: {}", device.get().name(), standing.objection(device.get().certificate()));
      close(connection, "not_a_member");
    } else {
      admit(connection, device.get());
    }
  }

  private void admit(HttpConnection connection, Device device) {
    Load load = loads.computeIfAbsent(device.name(), name -> new Load());
    if (open.size() >= settings.connections()
        || load.connections >= settings.connectionsOfDevice()) {
      forget(device.name());
      close(connection, "connections");
      return;
    }
    load.connections++;
    open.put(connection, device);
    meters.opened();
    connection.closeHandler(
        closed -> {
          open.remove(connection);
          meters.closed();
          load.connections--;
          forget(device.name());
        });
  }

  private Optional<Device> device(X509Certificate certificate) {
    return standing
        .client(certificate)
        .filter(name -> name.role() == Role.AGENT)
        .map(MemberName::name)
        .map(name -> new Device(name, certificate));
  }

  private static Optional<X509Certificate> certificate(HttpConnection connection) {
    try {
      List<Certificate> chain = connection.peerCertificates();
      return chain.isEmpty() || !(chain.get(0) instanceof X509Certificate own)
          ? Optional.empty()
          : Optional.of(own);
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  private void close(HttpConnection connection, String reason) {
    meters.refused(reason);
    connection.close();
  }

  /** Whose connection it is; empty when that was closed. Looks at its standing once more. */
  Optional<AgentId> deviceOf(HttpConnection connection) {
    return Optional.ofNullable(open.get(connection))
        .filter(device -> standing.objection(device.certificate()).isEmpty())
        .map(Device::name);
  }

  /** Closes the connections of those who would no longer be let in. */
  void sweep() {
    for (Map.Entry<HttpConnection, Device> entry : List.copyOf(open.entrySet())) {
      standing
          .objection(entry.getValue().certificate())
          .ifPresent(
              objection -> {
                LOG.warn("disconnected {}: {}", entry.getValue().name(), objection);
                close(entry.getKey(), "not_a_member");
              });
    }
  }

  /** A device begins to fetch; {@link #end} follows. */
  void begin(AgentId device) {
    Load load = loads.get(device);
    if (load == null || load.requests >= settings.requestsOfDevice()) {
      throw new ProblemException(
          ProblemType.TOO_MANY_REQUESTS,
          "At most %d requests of a device are answered at a time."
              .formatted(settings.requestsOfDevice()),
          List.of(),
          Map.of("Retry-After", "5"));
    }
    if (requests >= settings.requests()) {
      throw ProblemException.busy(
          settings.requests() + " requests are under way, as many as are answered at a time.");
    }
    load.requests++;
    requests++;
  }

  /** What {@link #begin} began is over. */
  void end(AgentId device) {
    requests--;
    Load load = loads.get(device);
    if (load != null) {
      load.requests--;
    }
    forget(device);
  }

  private void forget(AgentId device) {
    loads.computeIfPresent(
        device, (name, load) -> load.connections == 0 && load.requests == 0 ? null : load);
  }
}
