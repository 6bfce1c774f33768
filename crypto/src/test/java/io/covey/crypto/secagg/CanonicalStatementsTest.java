package io.covey.crypto.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.primitive.KeyAgreement;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.protocols.id.AgentId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Golden bytes of everything that is signed or hashed, and of every derived key. They were written
 * down by another program (Python, from the description in docs/secure-aggregation.md): if one
 * changes, participants of two versions share no session any more.
 */
class CanonicalStatementsTest {
  private static final Octets SESSION =
      Octets.ofHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  private static final AgentId A = new AgentId("a");
  private static final AgentId B = new AgentId("b");
  private static final AgentId C = new AgentId("c");

  private static Octets all(int value) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) value);
    return Octets.owning(bytes);
  }

  private static KeyAdvertisement advertisement(AgentId from, int first) {
    return new KeyAdvertisement(
        SESSION, from, all(first), all(first + 1), all(first + 2), Octets.copyOf(new byte[64]));
  }

  private static void requireGolden(byte[] actual, String expected) {
    assertThat(Octets.copyOf(actual)).isEqualTo(Octets.ofHex(expected));
  }

  @Test
  void descriptor() {
    SessionDescriptor descriptor =
        Descriptors.of(new SessionDescriptor.Cohort(6, 8, 7, 6), Descriptors.ASSUMPTIONS);
    requireGolden(
        descriptor.toBytes(),
        "00000010636f7665792f76312f73657373696f6e00000005666c656574000000"
            + "07726f756e642d31000000066469676974730000000000000003000000403462"
            + "6635313232663334343535346335336264653265626238636432623765336431"
            + "3630306164363331633338356135643763636532336337373835343539610000"
            + "000000000009000000000000000c000000000000001e00000000000000023ff8"
            + "00000000000000000000000000643fd000000000000000000000000000060000"
            + "000000000008000000000000000700000000000000060000000e53454d495f4d"
            + "414c4943494f55533fb999999999999a3fb999999999999a0000000000000028"
            + "000000000000001e00000000000075300000002000112233445566778899aabb"
            + "ccddeeff00112233445566778899aabbccddeeff");
    requireGolden(
        descriptor.sessionId().toBytes(),
        "a5c5235870975b3f9d65118b58f66845d7a4d4a813b129a3bdc59c1dfa719cfe");
  }

  @Test
  void advertisementOfKeys() {
    requireGolden(
        advertisement(A, 1).statement(),
        "0000001a636f7665792f76312f6b65792d6164766572746973656d656e740000"
            + "0020000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d"
            + "1e1f000000016100000020010101010101010101010101010101010101010101"
            + "0101010101010101010101000000200202020202020202020202020202020202"
            + "0202020202020202020202020202020000002003030303030303030303030303"
            + "03030303030303030303030303030303030303");
  }

  @Test
  void rosterRoot() {
    requireGolden(
        new Roster(List.of(advertisement(A, 1), advertisement(B, 5))).root().toBytes(),
        "ac6d67860f38c4afb33131c6921c4eb8bbab67b3660e0536ece19d79b418bd94");
  }

  @Test
  void sharesDigest() {
    SealedShares shares =
        new SealedShares(
            SESSION,
            A,
            all(7),
            all(8),
            new TreeMap<>(
                Map.of(C, Octets.copyOf(new byte[] {11}), B, Octets.copyOf(new byte[] {9, 10}))));
    requireGolden(
        shares.digest().toBytes(),
        "6ee238883abbeaad0ebefc629ca49a511e53b0fa4d620db2fd50134a86ad233d");
  }

  @Test
  void receipt() {
    requireGolden(
        new MaskedInputReceipt(SESSION, A, all(7), 5, all(8), Octets.copyOf(new byte[64]))
            .statement(),
        "00000015636f7665792f76312f6d61736b65642d696e70757400000020000102"
            + "030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f000000"
            + "0161000000200707070707070707070707070707070707070707070707070707"
            + "0707070707070000000000000005000000200808080808080808080808080808"
            + "080808080808080808080808080808080808");
  }

  @Test
  void confirmation() {
    requireGolden(
        new Confirmation(SESSION, A, all(7), Octets.copyOf(new byte[64])).statement(),
        "00000015636f7665792f76312f636f6e6669726d6174696f6e00000020000102"
            + "030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f000000"
            + "0161000000200707070707070707070707070707070707070707070707070707"
            + "070707070707");
  }

  @Test
  void survivorsRoot() {
    SurvivorSet set =
        new SurvivorSet(SESSION, all(7), new TreeSet<>(List.of(C, A)), new TreeSet<>(List.of(B)));
    requireGolden(
        set.root().toBytes(), "1fda364d417ea0dd818eac0531a8fe16cc66b721377923817d379fa449b0ffd2");
  }

  @Test
  void selfMaskSeedAndCommitment() {
    SessionKeys keys = new SessionKeys(SESSION, all(7));
    SecretBytes secret = SecretBytes.owning(all(3).toBytes());
    requireGolden(
        keys.selfMaskSeed(A, secret).reveal(),
        "7b3cb2d331d2a481bd3190f8fbf5d40d8a2098a7f750fc9ea1050e813c1c7ef9");
    requireGolden(
        keys.commitment(A, secret).toBytes(),
        "5ddf3827a141045a2145e08136b1c8adc446d202367d7078d9c6eddb52b042a1");
  }

  /** The same from both sides. */
  @Test
  void pairwiseMaskSeed() {
    SessionKeys keys = new SessionKeys(SESSION, all(7));
    SecretBytes own = SecretBytes.owning(new byte[32]);
    for (SecretBytes seed :
        List.of(
            keys.pairwiseMaskSeed(new Fours(), A, own, advertisement(B, 5)).orElseThrow(),
            keys.pairwiseMaskSeed(new Fours(), B, own, advertisement(A, 1)).orElseThrow())) {
      requireGolden(
          seed.reveal(), "4def75d730176fb7d238cb0a84fcda80d262b15304279f5d12a551c5ea0e4ff1");
    }
  }

  @Test
  void boxKeyAndContext() {
    SessionKeys keys = new SessionKeys(SESSION, all(7));
    SecretBytes own = SecretBytes.owning(new byte[32]);
    SessionKeys.Route route = new SessionKeys.Route(B, A);
    SessionKeys.BoxKeys boxes =
        keys.boxKeys(new Fours(), A, own, advertisement(B, 5)).orElseThrow();
    requireGolden(
        boxes.incoming().reveal(),
        "7ca7682d99ba485d7fc0f5debd67f8bf0e574f2c26fb8289dd80118e50820d41");
    requireGolden(
        keys.boxContext(route),
        "0000001a636f7665792f76312f73686172652d626f782d636f6e746578740000"
            + "0020070707070707070707070707070707070707070707070707070707070707"
            + "070700000020000102030405060708090a0b0c0d0e0f10111213141516171819"
            + "1a1b1c1d1e1f00000001620000000161");
    assertThat(boxes.outgoing()).isNotEqualTo(boxes.incoming());
  }

  /** Whoever agrees with it comes to 32 bytes of 4. */
  private static final class Fours implements KeyAgreement {
    @Override
    public Octets publicKeyOf(SecretBytes privateKey) {
      return all(4);
    }

    @Override
    public boolean contributes(Octets publicKey) {
      return true;
    }

    @Override
    public Optional<SecretBytes> agree(SecretBytes privateKey, Octets peerPublicKey) {
      return Optional.of(SecretBytes.owning(all(4).toBytes()));
    }
  }
}
