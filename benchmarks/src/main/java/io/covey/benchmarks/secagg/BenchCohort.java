package io.covey.benchmarks.secagg;

import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.AesGcm;
import io.covey.crypto.primitive.KeyAgreement;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.SigningKey;
import io.covey.crypto.primitive.SoftwareSigningKey;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.X25519;
import io.covey.crypto.secagg.ParticipantMinima;
import io.covey.crypto.secagg.SecAggParameters;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.SessionPrimitives;
import io.covey.crypto.secagg.SessionRequirements;
import io.covey.crypto.secagg.client.AdvertiseKeys;
import io.covey.crypto.secagg.client.ParticipantKeys;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What outlives a session: identities and channel keys of everybody, and the directory that they
 * are enrolled in. All from one seed, so that a run can be repeated.
 */
final class BenchCohort {
  private static final SessionDescriptor.Model MODEL =
      new SessionDescriptor.Model(
          new ModelName("bench"), new ModelVersion(1), Sha256.of(new byte[] {1}));

  /** 64 KiB. */
  private static final int CHUNK_WORDS = 8192;

  private static final Octets TERMS = Octets.owning(new byte[SessionDescriptor.TERMS_BYTES]);

  private final SecAggCase bench;
  private final RandomWords random;
  private final Signer signer = new Ed25519();
  private final KeyAgreement agreement = new X25519();
  private final SecretBytes coordinatorKey;
  private final Octets coordinatorPublicKey;
  private final List<SigningKey> identities = new ArrayList<>();
  private final List<SecretBytes> channels = new ArrayList<>();
  private final Map<AgentId, Octets> directory = new HashMap<>();
  private final SessionPrimitives primitives;
  private int sessions;

  BenchCohort(SecAggCase bench, long seed) {
    this.bench = bench;
    byte[] longSeed = new byte[AesCtrRandomWords.SEED_BYTES];
    ByteBuffer.wrap(longSeed).putLong(seed);
    this.random = AesCtrRandomWords.fromSeed(longSeed);
    this.coordinatorKey = secret();
    this.coordinatorPublicKey = signer.publicKeyOf(coordinatorKey);
    for (int i = 0; i < bench.clients(); i++) {
      identities.add(new SoftwareSigningKey(secret(), signer));
      channels.add(secret());
      directory.put(agent(i), identities.get(i).publicKey());
    }
    this.primitives =
        new SessionPrimitives(
            agreement, signer, new AesGcm(), agent -> Optional.ofNullable(directory.get(agent)));
  }

  SecAggCase bench() {
    return bench;
  }

  SessionPrimitives primitives() {
    return primitives;
  }

  /** Ids of one length, in the order of their numbers. */
  static AgentId agent(int number) {
    return new AgentId("agent-%07d".formatted(number));
  }

  /** The number that an id was made from. */
  static int numberOf(AgentId agent) {
    return Integer.parseInt(agent.value().substring("agent-".length()));
  }

  /** A descriptor that no other session of this cohort has. */
  SessionDescriptor nextDescriptor() {
    int clients = bench.clients();
    return new SessionDescriptor(
        new FleetId("bench"),
        new RoundId("round-" + ++sessions),
        MODEL,
        new SessionDescriptor.Vector(bench.layout(), CHUNK_WORDS, 1, 1, 0),
        new SessionDescriptor.Cohort(
            bench.minimum(),
            clients,
            bench.parameters().neighbours(),
            bench.parameters().threshold()),
        bench.assumptions(),
        Duration.ofSeconds(30),
        TERMS);
  }

  Octets signatureOf(SessionDescriptor descriptor) {
    return signer.sign(coordinatorKey, descriptor.toBytes());
  }

  /** A participant with fresh keys, waiting for an offer. */
  BenchParticipant participant(int number, SessionDescriptor descriptor) {
    ParticipantKeys keys =
        new ParticipantKeys(
            agent(number),
            identities.get(number),
            channels.get(number).copy(),
            new ParticipantKeys.Fresh(
                secret(),
                secret(),
                Octets.owning(bytes(32)),
                AesCtrRandomWords.fromSeed(bytes(AesCtrRandomWords.SEED_BYTES))));
    return new BenchParticipant(
        number,
        new AdvertiseKeys(
            keys,
            primitives,
            new AdvertiseKeys.Expectations(
                coordinatorPublicKey,
                requirements(),
                new AdvertiseKeys.Plan(
                    descriptor.fleet(), descriptor.round(), descriptor.model(), TERMS))));
  }

  private SessionRequirements requirements() {
    return switch (bench.origin()) {
      case ASSUMPTIONS ->
          new ParticipantMinima(
              SecAggParameters.MINIMUM_COHORT,
              2,
              0,
              0,
              new ParticipantMinima.Adversary(
                  bench.assumptions().adversary(),
                  bench.assumptions().corruptFraction(),
                  bench.assumptions().privacyBits()));
      case COMMAND_LINE -> offered -> Optional.empty();
    };
  }

  /** Numbers of so many participants, all sets alike likely. */
  List<Integer> chooseParticipants(int count) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < bench.clients(); i++) {
      numbers.add(i);
    }
    long[] word = new long[1];
    for (int i = 0; i < count; i++) {
      random.fill(word);
      int other = i + (int) Long.remainderUnsigned(word[0], numbers.size() - (long) i);
      Integer chosen = numbers.get(other);
      numbers.set(other, numbers.get(i));
      numbers.set(i, chosen);
    }
    return numbers.subList(0, count);
  }

  private SecretBytes secret() {
    return SecretBytes.owning(bytes(32));
  }

  private byte[] bytes(int count) {
    long[] words = new long[count / Long.BYTES];
    random.fill(words);
    ByteBuffer bytes = ByteBuffer.allocate(count);
    bytes.asLongBuffer().put(words);
    return bytes.array();
  }
}
