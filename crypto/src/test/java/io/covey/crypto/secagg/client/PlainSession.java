package io.covey.crypto.secagg.client;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.AdversaryModel;
import io.covey.crypto.secagg.LaneLayout;
import io.covey.crypto.secagg.ParticipantMinima;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SecAggAssumptions;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.SurvivorSet;
import io.covey.crypto.secagg.VectorDigest;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The session that tests run: eight participants, of whom six open a secret. */
final class PlainSession {
  static final int COHORT = 8;
  static final int THRESHOLD = 6;
  static final int WORDS = 1500;
  static final int CHUNK_WORDS = 512;
  static final SessionDescriptor.Model MODEL =
      new SessionDescriptor.Model(
          new ModelName("digits"), new ModelVersion(3), Sha256.of(new byte[] {1}));

  static final FleetId FLEET = new FleetId("fleet");
  static final RoundId ROUND = new RoundId("round-1");
  static final Octets TERMS = Octets.copyOf(new byte[SessionDescriptor.TERMS_BYTES]);

  private PlainSession() {}

  static ParticipantMinima minima(double noise) {
    return new ParticipantMinima(
        5,
        COHORT - 1,
        0.66,
        noise,
        new ParticipantMinima.Adversary(AdversaryModel.SEMI_MALICIOUS, 0.1, 40));
  }

  static AgentId agent(int index) {
    return new AgentId("agent-" + index);
  }

  static SessionDescriptor descriptor() {
    return descriptor(new SessionDescriptor.Cohort(6, COHORT, COHORT - 1, THRESHOLD), MODEL);
  }

  static SessionDescriptor descriptor(
      SessionDescriptor.Cohort cohort, SessionDescriptor.Model model) {
    return new SessionDescriptor(
        FLEET,
        ROUND,
        model,
        new SessionDescriptor.Vector(new LaneLayout(3 * WORDS, 12, 21), CHUNK_WORDS, 1, 100, 0),
        cohort,
        SecAggAssumptions.of(AdversaryModel.SEMI_MALICIOUS, 0.1, 0.1),
        Duration.ofSeconds(30),
        TERMS);
  }

  static SurvivorSet survivors(Roster roster, Set<AgentId> alive, Set<AgentId> dropped) {
    return new SurvivorSet(
        descriptor().sessionId(), roster.root(), new TreeSet<>(alive), new TreeSet<>(dropped));
  }

  static Octets digestOf(long[] words) {
    List<Sha256> chunks = new ArrayList<>();
    for (int from = 0; from < words.length; from += CHUNK_WORDS) {
      int count = Math.min(CHUNK_WORDS, words.length - from);
      ByteBuffer chunk = ByteBuffer.allocate(count * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      chunk.asLongBuffer().put(words, from, count);
      chunks.add(Sha256.of(chunk));
    }
    return VectorDigest.of(chunks);
  }
}
