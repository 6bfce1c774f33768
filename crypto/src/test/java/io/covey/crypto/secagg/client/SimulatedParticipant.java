package io.covey.crypto.secagg.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Prg;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.SoftwareSigningKey;
import io.covey.crypto.secagg.MaskExpander;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.ModularVector;
import io.covey.crypto.secagg.SessionPrimitives;
import io.covey.crypto.secagg.Step;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.crypto.secagg.VectorDigest;
import io.covey.crypto.secagg.server.ServerEvent;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * A participant with its shell: it masks, keeps a log of decisions that outlives a restart, and
 * holds every answer that it ever gave against what it may give.
 */
final class SimulatedParticipant {
  final long[] input;

  private final AgentId id;
  private final Setting setting;
  private final SecretBytes identityKey;
  private final SecretBytes channelKey;
  private final Set<Octets> decisions = new HashSet<>();
  private final List<UnmaskingShares> answers = new ArrayList<>();
  private Optional<ClientPhase> phase;
  private long[] masked = new long[0];

  /** What all participants of a round share. */
  record Setting(
      Random random, SessionPrimitives primitives, AdvertiseKeys.Expectations expectations) {}

  /** What goes out, with the vector where there is one. */
  record Outgoing(ServerEvent event, Optional<long[]> vector) {}

  SimulatedParticipant(AgentId id, long[] input, Setting setting) {
    this.id = id;
    this.input = input;
    this.setting = setting;
    this.identityKey = secret();
    this.channelKey = secret();
    this.phase = Optional.of(begin());
  }

  Octets verificationKey() {
    return setting.primitives().signer().publicKeyOf(identityKey);
  }

  /** Loses everything but the log of decisions. */
  void restart() {
    phase = Optional.of(begin());
  }

  /** For good. */
  void die() {
    phase = Optional.empty();
  }

  private ClientPhase begin() {
    ParticipantKeys.Fresh fresh =
        new ParticipantKeys.Fresh(
            secret(),
            secret(),
            Octets.owning(secret().reveal()),
            AesCtrRandomWords.fromSeed(secret().reveal()));
    return new AdvertiseKeys(
        new ParticipantKeys(
            id,
            new SoftwareSigningKey(identityKey, setting.primitives().signer()),
            channelKey.copy(),
            fresh),
        setting.primitives(),
        setting.expectations());
  }

  List<Outgoing> on(ClientEvent event) {
    List<Outgoing> out = new ArrayList<>();
    if (phase.isPresent()) {
      Step<ClientPhase, ClientEffect> step = phase.get().on(event);
      phase = Optional.of(step.next());
      step.effects().forEach(effect -> perform(effect, out));
    }
    return out;
  }

  private void perform(ClientEffect effect, List<Outgoing> out) {
    if (effect instanceof ClientEffect.SendAdvertisement send) {
      out.add(new Outgoing(new ServerEvent.Advertised(send.message()), Optional.empty()));
    } else if (effect instanceof ClientEffect.SendShares send) {
      out.add(new Outgoing(new ServerEvent.SharesReceived(send.message()), Optional.empty()));
    } else if (effect instanceof ClientEffect.Mask mask) {
      out.addAll(on(mask(mask)));
    } else if (effect instanceof ClientEffect.SendInput send) {
      Octets arrived = digestOf(masked);
      out.add(
          new Outgoing(
              new ServerEvent.InputReceived(send.receipt(), arrived), Optional.of(masked)));
    } else if (effect instanceof ClientEffect.SendConfirmation send) {
      out.add(new Outgoing(new ServerEvent.Confirmed(send.message()), Optional.empty()));
    } else if (effect instanceof ClientEffect.PersistDecision decision) {
      out.addAll(
          on(
              decisions.add(decision.session())
                  ? new ClientEvent.DecisionPersisted(decision.session())
                  : new ClientEvent.DecisionRefused(decision.session())));
    } else if (effect instanceof ClientEffect.SendUnmasking send) {
      answer(send.message());
      out.add(new Outgoing(new ServerEvent.Answered(send.message()), Optional.empty()));
    }
  }

  private ClientEvent mask(ClientEffect.Mask mask) {
    ModularVector vector = new ModularVector(mask.words());
    vector.add(input);
    MaskExpander expander = new MaskExpander(Prg.aesCtr());
    for (MaskTerm term : mask.terms()) {
      try (term) {
        expander.apply(term, vector);
      }
    }
    masked = new long[mask.words()];
    vector.copyTo(0, masked.length, masked);
    return new ClientEvent.InputMasked(masked.length, digestOf(masked));
  }

  static Octets digestOf(long[] words) {
    ByteBuffer chunk =
        ByteBuffer.allocate(words.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    chunk.asLongBuffer().put(words);
    return VectorDigest.of(List.of(Sha256.of(chunk)));
  }

  /** One answer for a session, whatever was restarted, and of nobody both secrets. */
  private void answer(UnmaskingShares message) {
    answers.add(message);
    assertThat(answers).as("answers of %s", id).hasSize(1);
    assertThat(
            Collections.disjoint(
                message.selfMaskShares().keySet(), message.maskKeyShares().keySet()))
        .as("one secret of each, released by %s", id)
        .isTrue();
  }

  private SecretBytes secret() {
    byte[] bytes = new byte[32];
    setting.random().nextBytes(bytes);
    return SecretBytes.owning(bytes);
  }
}
