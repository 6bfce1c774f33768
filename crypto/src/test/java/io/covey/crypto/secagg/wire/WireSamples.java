package io.covey.crypto.secagg.wire;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.Confirmation;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.MaskedInputReceipt;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.SurvivorSet;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.Message;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.RoundMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/** A session's messages with random contents, of a roster of a given size. */
final class WireSamples {
  static final RoundId ROUND = new RoundId("digits-000001-00ff00ff");

  final Roster roster;
  final Octets session;
  final Map<AgentId, ByteString> certificates = new HashMap<>();
  private final Random random;

  WireSamples(int size, long seed) {
    this.random = new Random(seed);
    this.session = octets(32);
    List<KeyAdvertisement> entries = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      AgentId agent = new AgentId("agent-%06d".formatted(i));
      entries.add(
          new KeyAdvertisement(session, agent, octets(32), octets(32), octets(32), octets(64)));
      certificates.put(agent, ByteString.copyFrom(octets(300).toBytes()));
    }
    this.roster = new Roster(entries);
  }

  AgentId agent(int rank) {
    return roster.entries().get(rank - 1).from();
  }

  KeyAdvertisement advertisement() {
    return roster.entries().get(0);
  }

  SealedShares sealedShares() {
    return new SealedShares(session, agent(1), roster.root(), octets(32), boxes());
  }

  NavigableMap<AgentId, Octets> boxes() {
    NavigableMap<AgentId, Octets> boxes = new TreeMap<>();
    some().forEach(agent -> boxes.put(agent, octets(96)));
    return boxes;
  }

  MaskedInputReceipt receipt() {
    return new MaskedInputReceipt(
        session, agent(1), octets(32), 1 + random.nextInt(1 << 26), octets(32), octets(64));
  }

  SurvivorSet survivors() {
    NavigableSet<AgentId> alive = some();
    NavigableSet<AgentId> dropped = some();
    dropped.removeAll(alive);
    return new SurvivorSet(session, roster.root(), alive, dropped);
  }

  Confirmation confirmation() {
    return new Confirmation(session, agent(1), octets(32), octets(64));
  }

  List<Confirmation> confirmationsOf(SurvivorSet set) {
    return set.survivors().stream()
        .map(agent -> new Confirmation(session, agent, set.root(), octets(64)))
        .toList();
  }

  UnmaskingShares released() {
    return new UnmaskingShares(session, agent(1), shares(), shares());
  }

  private NavigableMap<AgentId, SecretBytes> shares() {
    NavigableMap<AgentId, SecretBytes> shares = new TreeMap<>();
    some().forEach(agent -> shares.put(agent, SecretBytes.owning(octets(40).toBytes())));
    return shares;
  }

  /** Each member with even odds. */
  private NavigableSet<AgentId> some() {
    NavigableSet<AgentId> some = new TreeSet<>();
    roster.entries().stream()
        .map(KeyAdvertisement::from)
        .filter(agent -> random.nextBoolean())
        .forEach(some::add);
    return some;
  }

  /** One of each message that the converters write. */
  List<RoundMessage> all() {
    SurvivorSet set = survivors();
    List<RoundMessage> all = new ArrayList<>();
    all.add(ToCoordinator.write(ROUND, advertisement(), ByteString.copyFromUtf8("certificate")));
    all.addAll(RosterPages.of(ROUND, session, roster, certificates));
    all.add(ToCoordinator.write(ROUND, sealedShares(), roster));
    all.add(ToParticipant.write(ROUND, session, boxes(), roster));
    all.add(ToCoordinator.write(ROUND, receipt()));
    all.add(ToParticipant.write(ROUND, set, roster));
    all.add(ToCoordinator.write(ROUND, confirmation()));
    all.add(ToParticipant.write(ROUND, set, confirmationsOf(set), roster));
    all.add(ToCoordinator.write(ROUND, released(), roster));
    return all;
  }

  /** The message as whoever receives it has it. */
  static <M extends Message> M sent(M message) throws Exception {
    ByteString payload = MessageCodec.encode(new Envelope("boot", 1, message));
    @SuppressWarnings("unchecked")
    M received = (M) MessageCodec.decode(payload).body();
    return received;
  }

  Octets octets(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Octets.owning(bytes);
  }
}
