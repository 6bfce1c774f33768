package io.covey.crypto.secagg.client;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.SessionPrimitives;
import io.covey.crypto.secagg.Step;
import io.covey.protocols.id.AgentId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What all phases of a participant have in common: its keys, and what it has accepted so far. */
final class ClientSession {
  private final ParticipantKeys keys;
  private final SessionPrimitives primitives;
  private final SessionDescriptor descriptor;
  private final Octets id;
  private final Map<Class<?>, ClientEvent.Received> accepted = new HashMap<>();
  private final Map<AgentId, SecretBytes> held = new HashMap<>();
  private final Map<AgentId, SecretBytes> incomingBoxKeys = new HashMap<>();

  ClientSession(ParticipantKeys keys, SessionPrimitives primitives, SessionDescriptor descriptor) {
    this.keys = keys;
    this.primitives = primitives;
    this.descriptor = descriptor;
    this.id = descriptor.sessionId();
  }

  ParticipantKeys keys() {
    return keys;
  }

  AgentId self() {
    return keys.id();
  }

  SessionPrimitives primitives() {
    return primitives;
  }

  SessionDescriptor descriptor() {
    return descriptor;
  }

  /** sid. */
  Octets id() {
    return id;
  }

  Octets sign(byte[] statement) {
    return keys.identityKey().sign(statement);
  }

  void accept(ClientEvent.Received message) {
    accepted.put(message.getClass(), message);
  }

  /** Both shares of a neighbour's secrets, opened, to be wiped with everything else. */
  Map<AgentId, SecretBytes> held() {
    return held;
  }

  /** Keys of the boxes that neighbours seal for this participant, until its step is over. */
  Map<AgentId, SecretBytes> incomingBoxKeys() {
    return incomingBoxKeys;
  }

  /** What a phase does with an event that is not the one it waits for. */
  Step<ClientPhase, ClientEffect> otherwise(ClientPhase phase, ClientEvent event) {
    if (event instanceof ClientEvent.Cancelled) {
      return leave(RefusalReason.CANCELLED);
    }
    if (event instanceof ClientEvent.Received message) {
      ClientEvent.Received before = accepted.get(message.getClass());
      if (before != null && !before.equals(message)) {
        return leave(RefusalReason.CONFLICTING_MESSAGE);
      }
    }
    return Step.stay(phase);
  }

  Step<ClientPhase, ClientEffect> leave(RefusalReason reason) {
    wipe();
    return new Step<>(new ClientPhase.Aborted(reason), List.of(new ClientEffect.Leave(reason)));
  }

  Step<ClientPhase, ClientEffect> finish(ClientEffect last) {
    wipe();
    return new Step<>(new ClientPhase.Finished(), List.of(last));
  }

  private void wipe() {
    keys.wipe();
    held.values().forEach(SecretBytes::wipe);
    held.clear();
    wipeIncomingBoxKeys();
  }

  /** Of neighbours that sent no box, too. */
  void wipeIncomingBoxKeys() {
    incomingBoxKeys.values().forEach(SecretBytes::wipe);
    incomingBoxKeys.clear();
  }
}
