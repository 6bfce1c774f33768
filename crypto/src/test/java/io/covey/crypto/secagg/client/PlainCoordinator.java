package io.covey.crypto.secagg.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.AesGcm;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Prg;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.SoftwareSigningKey;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.X25519;
import io.covey.crypto.secagg.Confirmation;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.MaskExpander;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.MaskedInputReceipt;
import io.covey.crypto.secagg.ModularVector;
import io.covey.crypto.secagg.ParticipantMinima;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.SessionPrimitives;
import io.covey.crypto.secagg.Step;
import io.covey.crypto.secagg.SurvivorSet;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.crypto.secagg.client.ClientEffect.Leave;
import io.covey.crypto.secagg.client.ClientEffect.Mask;
import io.covey.protocols.id.AgentId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * Participants and a coordinator in memory, step by step, so that a test can lie at any of them.
 */
final class PlainCoordinator {
  final Signer signer = new Ed25519();
  final X25519 agreement = new X25519();
  final Map<AgentId, ClientPhase> phases = new TreeMap<>();
  final Map<AgentId, List<ClientEffect>> effects = new HashMap<>();
  final Map<AgentId, long[]> inputs = new HashMap<>();

  /** What the coordinator has of each. */
  final Map<AgentId, long[]> masked = new HashMap<>();

  /** The masks on it, those with others in the order of their ids, then its own. */
  final Map<AgentId, List<MaskTerm>> seeds = new HashMap<>();

  final ModularVector sum = new ModularVector(PlainSession.WORDS);
  final SessionPrimitives primitives;
  final SecretBytes coordinatorKey;

  private final Random random;
  private final Map<AgentId, SecretBytes> identities = new HashMap<>();
  private final Map<AgentId, SecretBytes> channels = new HashMap<>();
  private final Map<AgentId, List<byte[]>> fresh = new HashMap<>();
  private final Map<AgentId, SecretBytes> maskKeys = new HashMap<>();
  private final Map<AgentId, Octets> directory = new HashMap<>();

  PlainCoordinator(long seed) {
    this(seed, primitives -> primitives);
  }

  /** With something put around the primitives that participants and coordinator use. */
  PlainCoordinator(long seed, UnaryOperator<SessionPrimitives> around) {
    random = new Random(seed);
    primitives =
        around.apply(
            new SessionPrimitives(
                agreement,
                signer,
                new AesGcm(),
                agent -> Optional.ofNullable(directory.get(agent))));
    coordinatorKey = secret();
    for (int i = 0; i < PlainSession.COHORT; i++) {
      AgentId agent = PlainSession.agent(i);
      identities.put(agent, secret());
      channels.put(agent, secret());
      directory.put(agent, signer.publicKeyOf(identities.get(agent)));
      inputs.put(agent, random.longs(PlainSession.WORDS, 0, 1L << 40).toArray());
      restart(agent, PlainSession.minima(0));
    }
  }

  SecretBytes identityOf(AgentId agent) {
    return requireNonNull(identities.get(agent));
  }

  SecretBytes channelKeyOf(AgentId agent) {
    return requireNonNull(channels.get(agent));
  }

  /** Its mask key of the session, which only its shell and whoever it helps know. */
  SecretBytes maskKeyOf(AgentId agent) {
    return requireNonNull(maskKeys.get(agent));
  }

  /** The arrays of the secrets that it drew for the session, as they are at any time. */
  List<byte[]> freshSecretsOf(AgentId agent) {
    return requireNonNull(fresh.get(agent));
  }

  void restart(AgentId agent, ParticipantMinima minima) {
    SecretBytes maskKey = secret();
    SecretBytes selfMaskSecret = secret();
    maskKeys.put(agent, maskKey.copy());
    fresh.put(agent, List.of(maskKey.reveal(), selfMaskSecret.reveal()));
    ParticipantKeys keys =
        new ParticipantKeys(
            agent,
            new SoftwareSigningKey(requireNonNull(identities.get(agent)), primitives.signer()),
            requireNonNull(channels.get(agent)).copy(),
            new ParticipantKeys.Fresh(
                maskKey,
                selfMaskSecret,
                Octets.owning(secret().reveal()),
                AesCtrRandomWords.fromSeed(secret().reveal())));
    phases.put(
        agent,
        new AdvertiseKeys(
            keys,
            primitives,
            new AdvertiseKeys.Expectations(
                signer.publicKeyOf(coordinatorKey),
                minima,
                new AdvertiseKeys.Plan(
                    PlainSession.FLEET,
                    PlainSession.ROUND,
                    PlainSession.MODEL,
                    PlainSession.TERMS))));
  }

  ClientEvent offer(SessionDescriptor descriptor) {
    return new ClientEvent.SessionOffered(
        descriptor, signer.sign(coordinatorKey, descriptor.toBytes()));
  }

  /** Hands over an event and returns what the participant does. */
  List<ClientEffect> tell(AgentId agent, ClientEvent event) {
    ClientPhase phase = requireNonNull(phases.get(agent));
    Step<ClientPhase, ClientEffect> step = phase.on(event);
    phases.put(agent, step.next());
    effects.computeIfAbsent(agent, a -> new ArrayList<>()).addAll(step.effects());
    return step.effects();
  }

  <T extends ClientEffect> T only(List<ClientEffect> done, Class<T> kind) {
    assertThat(done).hasSize(1).first().isInstanceOf(kind);
    return kind.cast(done.get(0));
  }

  RefusalReason refusal(List<ClientEffect> done) {
    return only(done, Leave.class).reason();
  }

  Roster advertise(Set<AgentId> agents) {
    List<KeyAdvertisement> entries = new ArrayList<>();
    for (AgentId agent : new TreeSet<>(agents)) {
      entries.add(
          only(tell(agent, offer(PlainSession.descriptor())), ClientEffect.SendAdvertisement.class)
              .message());
    }
    return new Roster(entries);
  }

  Map<AgentId, SealedShares> share(Roster roster, Set<AgentId> agents) {
    Map<AgentId, SealedShares> shares = new TreeMap<>();
    for (AgentId agent : agents) {
      shares.put(
          agent,
          only(tell(agent, new ClientEvent.RosterReceived(roster)), ClientEffect.SendShares.class)
              .message());
    }
    return shares;
  }

  static Map<AgentId, Octets> boxesFor(AgentId agent, Map<AgentId, SealedShares> shares) {
    Map<AgentId, Octets> boxes = new HashMap<>();
    shares.forEach(
        (from, message) -> {
          Octets box = message.boxes().get(agent);
          if (box != null) {
            boxes.put(from, box);
          }
        });
    return boxes;
  }

  void maskAndAdd(Map<AgentId, SealedShares> shares, Set<AgentId> agents) {
    for (AgentId agent : agents) {
      deliver(agent, boxesFor(agent, shares));
    }
  }

  /** Delivers boxes, has the vector masked, and adds it. */
  MaskedInputReceipt deliver(AgentId agent, Map<AgentId, Octets> boxes) {
    Mask mask = only(tell(agent, new ClientEvent.SharesDelivered(boxes)), Mask.class);
    long[] words = mask(agent, mask);
    sum.add(words);
    return only(
            tell(agent, new ClientEvent.InputMasked(words.length, PlainSession.digestOf(words))),
            ClientEffect.SendInput.class)
        .receipt();
  }

  /** What a participant's shell does with its vector. */
  long[] mask(AgentId agent, Mask mask) {
    ModularVector vector = new ModularVector(mask.words());
    vector.add(requireNonNull(inputs.get(agent)));
    seeds.put(agent, mask.terms().stream().map(PlainCoordinator::copyOf).toList());
    for (MaskTerm term : mask.terms()) {
      try (term) {
        new MaskExpander(Prg.aesCtr()).apply(term, vector);
      }
    }
    long[] words = new long[mask.words()];
    vector.copyTo(0, words.length, words);
    masked.put(agent, words);
    return words;
  }

  private static MaskTerm copyOf(MaskTerm term) {
    return new MaskTerm(term.sign(), term.seed().copy());
  }

  List<Confirmation> confirm(SurvivorSet set, Set<AgentId> agents) {
    List<Confirmation> confirmations = new ArrayList<>();
    for (AgentId agent : agents) {
      confirmations.add(
          only(
                  tell(agent, new ClientEvent.SurvivorsAnnounced(set)),
                  ClientEffect.SendConfirmation.class)
              .message());
    }
    return confirmations;
  }

  /** What a participant is shown: its neighbours' confirmations. */
  static ClientEvent request(AgentId to, List<Confirmation> confirmations) {
    return new ClientEvent.UnmaskingRequested(
        confirmations.stream().filter(c -> !c.from().equals(to)).toList());
  }

  List<UnmaskingShares> unmask(List<Confirmation> confirmations, Set<AgentId> agents) {
    List<UnmaskingShares> answers = new ArrayList<>();
    for (AgentId agent : agents) {
      only(tell(agent, request(agent, confirmations)), ClientEffect.PersistDecision.class);
      answers.add(
          only(
                  tell(
                      agent,
                      new ClientEvent.DecisionPersisted(PlainSession.descriptor().sessionId())),
                  ClientEffect.SendUnmasking.class)
              .message());
    }
    return answers;
  }

  /** Takes all masks off the sum, from t shares of each secret. */
  void open(
      Roster roster,
      Map<AgentId, SealedShares> shares,
      SurvivorSet set,
      List<UnmaskingShares> answers) {
    new PlainUnmasking(roster, answers).open(this, shares, set);
  }

  void requireExactSumOf(Set<AgentId> agents) {
    for (int i = 0; i < PlainSession.WORDS; i++) {
      long expected = 0;
      for (AgentId agent : agents) {
        expected += requireNonNull(inputs.get(agent))[i];
      }
      assertThat(sum.word(i)).as("word %d", i).isEqualTo(expected);
    }
  }

  boolean hasAnswered(AgentId agent) {
    return effects.getOrDefault(agent, List.of()).stream()
        .anyMatch(ClientEffect.SendUnmasking.class::isInstance);
  }

  SortedSet<AgentId> all() {
    return new TreeSet<>(phases.keySet());
  }

  SortedSet<AgentId> allBut(int... indices) {
    SortedSet<AgentId> agents = all();
    for (int index : indices) {
      agents.remove(PlainSession.agent(index));
    }
    return agents;
  }

  private SecretBytes secret() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return SecretBytes.owning(bytes);
  }
}
