package io.covey.coordinator.broker;

import com.hivemq.extension.sdk.api.client.parameter.ClientTlsInformation;
import com.hivemq.extension.sdk.api.events.client.ClientLifecycleEventListener;
import com.hivemq.extension.sdk.api.events.client.parameters.AuthenticationSuccessfulInput;
import com.hivemq.extension.sdk.api.events.client.parameters.ConnectionStartInput;
import com.hivemq.extension.sdk.api.events.client.parameters.DisconnectEventInput;
import java.security.cert.X509Certificate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The connections of this moment, as the broker tells of them. */
final class ConnectionLedger implements ClientLifecycleEventListener {
  /** A client's next connection may begin before the last one's end is told: each has a number. */
  private static final String NUMBER = "covey-connection";

  private final Map<String, Entry> entries = new ConcurrentHashMap<>();
  private final AtomicLong refusals = new AtomicLong();
  private final AtomicLong numbers = new AtomicLong();

  private record Entry(
      String number,
      BrokerConnection connection,
      Optional<X509Certificate> certificate,
      AtomicLong refusals) {}

  List<BrokerConnection> connections() {
    return entries.values().stream()
        .map(Entry::connection)
        .sorted(Comparator.comparing(BrokerConnection::clientId))
        .toList();
  }

  /** The clients that are connected now, with the certificates that they have shown. */
  Map<String, Optional<X509Certificate>> certificates() {
    Map<String, Optional<X509Certificate>> shown = new HashMap<>();
    entries.forEach((clientId, entry) -> shown.put(clientId, entry.certificate()));
    return shown;
  }

  /** How many publications and subscriptions have been refused in all. */
  long refusals() {
    return refusals.get();
  }

  /** Counts one; answers whether it is the connection's first. */
  boolean countRefusal(String clientId) {
    refusals.incrementAndGet();
    Entry entry = entries.get(clientId);
    return entry == null || entry.refusals().getAndIncrement() == 0;
  }

  @Override
  public void onMqttConnectionStart(ConnectionStartInput input) {
    // It counts as a client when it is let in.
  }

  @Override
  public void onAuthenticationSuccessful(AuthenticationSuccessfulInput input) {
    String clientId = input.getClientInformation().getClientId();
    Optional<ClientTlsInformation> tls = input.getConnectionInformation().getClientTlsInformation();
    Optional<X509Certificate> certificate = tls.flatMap(ClientTlsInformation::getClientCertificate);
    String number = Long.toString(numbers.incrementAndGet());
    input.getConnectionInformation().getConnectionAttributeStore().putAsString(NUMBER, number);
    entries.put(
        clientId,
        new Entry(
            number,
            new BrokerConnection(clientId, tls.isPresent(), certificate.isPresent()),
            certificate,
            new AtomicLong()));
  }

  @Override
  public void onDisconnect(DisconnectEventInput input) {
    Optional<String> number =
        input.getConnectionInformation().getConnectionAttributeStore().getAsString(NUMBER);
    entries.computeIfPresent(
        input.getClientInformation().getClientId(),
        (clientId, entry) -> number.equals(Optional.of(entry.number())) ? null : entry);
  }
}
