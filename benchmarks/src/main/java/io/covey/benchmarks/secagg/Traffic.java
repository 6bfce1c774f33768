package io.covey.benchmarks.secagg;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.secagg.Confirmation;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.Shamir;
import io.covey.crypto.secagg.SurvivorSet;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.protocols.id.AgentId;
import java.util.Collection;
import java.util.Map;

/**
 * Bytes that a participant has sent and received. Of a signed message they are its canonical
 * statement and signature, of others the fields with their lengths.
 */
final class Traffic {
  /** Before each field of the canonical form. */
  private static final int LENGTH_BYTES = Integer.BYTES;

  private long uploadBytes;
  private long downloadBytes;

  long uploadBytes() {
    return uploadBytes;
  }

  long downloadBytes() {
    return downloadBytes;
  }

  void sent(byte[] statement) {
    sent(statement.length + Signer.SIGNATURE_BYTES);
  }

  void sent(long bytes) {
    uploadBytes += bytes;
  }

  void received(long bytes) {
    downloadBytes += bytes;
  }

  static long sizeOfRoster(Collection<KeyAdvertisement> entries) {
    return entries.stream().mapToLong(e -> e.statement().length + Signer.SIGNATURE_BYTES).sum();
  }

  static long sizeOfShares(SealedShares shares) {
    return sizeOfHeader(shares.session(), shares.from())
        + shares.rosterRoot().length()
        + shares.seedCommitment().length()
        + sizeOfBoxes(shares.boxes());
  }

  static long sizeOfAnswer(UnmaskingShares answer) {
    return sizeOfHeader(answer.session(), answer.from())
        + sizeOfKept(answer.selfMaskShares())
        + sizeOfKept(answer.maskKeyShares());
  }

  private static long sizeOfHeader(Octets session, AgentId from) {
    return session.length() + sizeOf(from);
  }

  private static long sizeOfKept(Map<AgentId, SecretBytes> shares) {
    return shares.keySet().stream()
        .mapToLong(id -> sizeOf(id) + LENGTH_BYTES + Shamir.SHARE_BYTES)
        .sum();
  }

  static long sizeOfBoxes(Map<AgentId, Octets> boxes) {
    return boxes.entrySet().stream()
        .mapToLong(box -> sizeOf(box.getKey()) + LENGTH_BYTES + box.getValue().length())
        .sum();
  }

  static long sizeOfSurvivors(SurvivorSet set) {
    return sizeOfIds(set.survivors())
        + sizeOfIds(set.dropped())
        + set.session().length()
        + set.rosterRoot().length();
  }

  static long sizeOfConfirmations(Collection<Confirmation> confirmations) {
    return confirmations.stream()
        .mapToLong(c -> c.statement().length + Signer.SIGNATURE_BYTES)
        .sum();
  }

  private static long sizeOfIds(Collection<AgentId> ids) {
    return ids.stream().mapToLong(Traffic::sizeOf).sum();
  }

  private static long sizeOf(AgentId id) {
    return (long) LENGTH_BYTES + id.value().length();
  }
}
