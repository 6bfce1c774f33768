package io.covey.coordinator.broker;

import com.google.protobuf.ByteString;
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.Authorizer;
import com.hivemq.extension.sdk.api.auth.PublishAuthorizer;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.auth.SubscriptionAuthorizer;
import com.hivemq.extension.sdk.api.auth.parameter.PublishAuthorizerInput;
import com.hivemq.extension.sdk.api.auth.parameter.PublishAuthorizerOutput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthOutput;
import com.hivemq.extension.sdk.api.auth.parameter.SubscriptionAuthorizerInput;
import com.hivemq.extension.sdk.api.auth.parameter.SubscriptionAuthorizerOutput;
import com.hivemq.extension.sdk.api.client.parameter.ClientTlsInformation;
import com.hivemq.extension.sdk.api.packets.connect.ConnackReasonCode;
import com.hivemq.extension.sdk.api.packets.disconnect.DisconnectReasonCode;
import com.hivemq.extension.sdk.api.packets.general.Qos;
import com.hivemq.extension.sdk.api.packets.publish.PublishPacket;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.admin.AdminService;
import com.hivemq.extension.sdk.api.services.session.ClientService;
import io.covey.protocols.transport.ObservedMessage;
import io.covey.protocols.transport.Publication;
import io.covey.protocols.transport.QualityOfService;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Covey adds to HiveMQ: who may connect and use which topics, a view of the connections, and a
 * tap on everything that clients publish. HiveMQ calls it on threads of its own, one at a time for
 * each client.
 */
final class FleetExtension
    implements ExtensionMain, SimpleAuthenticator, PublishAuthorizer, SubscriptionAuthorizer {
  private static final Logger log = LoggerFactory.getLogger(FleetExtension.class);

  private final TopicPermissions permissions;
  private final Optional<ClientGate> gate;
  private final Clock clock;
  private final ConnectionLedger connections = new ConnectionLedger();
  private final List<Consumer<ObservedMessage>> observers = new CopyOnWriteArrayList<>();
  private volatile @Nullable AdminService adminService;
  private volatile @Nullable ClientService clientService;

  /**
   * @param gate empty over plain TCP
   */
  FleetExtension(TopicPermissions permissions, Optional<ClientGate> gate, Clock clock) {
    this.permissions = permissions;
    this.gate = gate;
    this.clock = clock;
  }

  ConnectionLedger connections() {
    return connections;
  }

  List<Consumer<ObservedMessage>> observers() {
    return observers;
  }

  /** The port that the only listener has been given. */
  int port() {
    AdminService admin = adminService;
    if (admin == null) {
      throw new IllegalStateException("the broker has not started its extension");
    }
    return admin.getServerInformation().getListener().iterator().next().getPort();
  }

  @Override
  public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
    // HiveMQ keeps its services in static fields, which another broker of this JVM replaces: they
    // are used only here.
    adminService = Services.adminService();
    clientService = Services.clientService();
    Services.securityRegistry().setAuthenticatorProvider(provided -> this);
    Authorizer authorizer = this;
    Services.securityRegistry().setAuthorizerProvider(provided -> authorizer);
    Services.eventRegistry().setClientLifecycleEventListener(provided -> connections);
  }

  @Override
  public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {
    observers.clear();
  }

  @Override
  public void onConnect(SimpleAuthInput input, SimpleAuthOutput output) {
    String clientId = input.getClientInformation().getClientId();
    if (!permissions.mayConnect(clientId)) {
      log.warn("refused a client from {}: its id is not that of an agent", address(input));
      output.failAuthentication(
          ConnackReasonCode.CLIENT_IDENTIFIER_NOT_VALID, "the client id is not an agent's id");
      return;
    }
    Optional<String> refusal = gate.flatMap(g -> g.refusal(clientId, certificate(input)));
    if (refusal.isPresent()) {
      log.warn("refused client {} from {}: {}", clientId, address(input), refusal.get());
      output.failAuthentication(ConnackReasonCode.NOT_AUTHORIZED, refusal.get());
    } else {
      output.authenticateSuccessfully();
    }
  }

  private static Optional<X509Certificate> certificate(SimpleAuthInput input) {
    return input
        .getConnectionInformation()
        .getClientTlsInformation()
        .flatMap(ClientTlsInformation::getClientCertificate);
  }

  /** Disconnects whoever would no longer be let in. Any thread. */
  void sweep() {
    ClientService clients = clientService;
    if (clients == null || gate.isEmpty()) {
      return;
    }
    connections
        .certificates()
        .forEach(
            (clientId, certificate) ->
                gate.get()
                    .refusal(clientId, certificate)
                    .ifPresent(reason -> disconnect(clients, clientId, reason)));
  }

  private static void disconnect(ClientService clients, String clientId, String reason) {
    log.warn("disconnected client {}: {}", clientId, reason);
    // With its will: the coordinator is to know that it is gone.
    var unused =
        clients
            .disconnectClient(clientId, false, DisconnectReasonCode.NOT_AUTHORIZED, reason)
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    log.error("client {} could not be disconnected", clientId, failure);
                  }
                });
  }

  @Override
  public void authorizePublish(PublishAuthorizerInput input, PublishAuthorizerOutput output) {
    String clientId = input.getClientInformation().getClientId();
    PublishPacket packet = input.getPublishPacket();
    if (!permissions.mayPublish(clientId, packet.getTopic())) {
      refused(clientId, "publish to", packet.getTopic());
      output.failAuthorization();
      return;
    }
    output.authorizeSuccessfully();
    tell(clientId, packet);
  }

  @Override
  public void authorizeSubscribe(
      SubscriptionAuthorizerInput input, SubscriptionAuthorizerOutput output) {
    String clientId = input.getClientInformation().getClientId();
    String filter = input.getSubscription().getTopicFilter();
    if (permissions.maySubscribe(clientId, filter)) {
      output.authorizeSuccessfully();
    } else {
      refused(clientId, "subscribe to", filter);
      output.failAuthorization();
    }
  }

  private void refused(String clientId, String what, String topic) {
    // Once a connection: a client that tries again and again does not fill the log.
    if (connections.countRefusal(clientId)) {
      log.warn("refused client {} to {} {}: it is not its own topic", clientId, what, topic);
    }
  }

  private void tell(String clientId, PublishPacket packet) {
    if (observers.isEmpty()) {
      return;
    }
    ObservedMessage message =
        new ObservedMessage(
            clock.instant(),
            clientId,
            new Publication(
                packet.getTopic(),
                packet.getPayload().map(ByteString::copyFrom).orElse(ByteString.EMPTY),
                packet.getQos() == Qos.AT_MOST_ONCE
                    ? QualityOfService.AT_MOST_ONCE
                    : QualityOfService.AT_LEAST_ONCE,
                packet.getRetain()));
    for (Consumer<ObservedMessage> observer : observers) {
      try {
        observer.accept(message);
      } catch (RuntimeException e) {
        // An observer's fault must not touch the message that it looks at.
        log.warn("an observer of the broker failed", e);
      }
    }
  }

  private static String address(SimpleAuthInput input) {
    return input
        .getConnectionInformation()
        .getInetAddress()
        .map(address -> address.getHostAddress())
        .orElse("an unknown address");
  }
}
