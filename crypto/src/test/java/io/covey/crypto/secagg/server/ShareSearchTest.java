package io.covey.crypto.secagg.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.Shamir;
import io.covey.protocols.id.AgentId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShareSearchTest {
  private static final int HOLDERS = 40;
  private static final int THRESHOLD = 28;

  private final Random random = new Random(11);
  private final Roster roster = roster();
  private final ShareSearch search = new ShareSearch(roster, THRESHOLD);

  private static Roster roster() {
    List<KeyAdvertisement> entries = new ArrayList<>();
    for (int i = 0; i < HOLDERS; i++) {
      entries.add(
          new KeyAdvertisement(
              number(0),
              agent(i),
              number(2 * i),
              number(2 * i + 1),
              number(i),
              Octets.copyOf(new byte[64])));
    }
    return new Roster(entries);
  }

  private static Octets number(int value) {
    return Octets.owning(ByteBuffer.allocate(32).putInt(28, value).array());
  }

  private static AgentId agent(int index) {
    return new AgentId("agent-%02d".formatted(index));
  }

  private SecretBytes secret() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return SecretBytes.owning(bytes);
  }

  private List<ShareSearch.Share> shares(SecretBytes secret, Set<Integer> liars) {
    SecretBytes[] split =
        Shamir.split(secret, THRESHOLD, HOLDERS, AesCtrRandomWords.fromSeed(secret().reveal()));
    List<ShareSearch.Share> shares = new ArrayList<>();
    for (int i = 0; i < HOLDERS; i++) {
      byte[] bytes = split[i].reveal().clone();
      if (liars.contains(i)) {
        bytes[20] ^= 1;
      }
      shares.add(new ShareSearch.Share(agent(i), SecretBytes.owning(bytes)));
    }
    return shares;
  }

  private Set<Integer> liars(int count) {
    Set<Integer> liars = new HashSet<>();
    while (liars.size() < count) {
      liars.add(random.nextInt(HOLDERS));
    }
    return liars;
  }

  @ParameterizedTest(name = "{0} liars")
  @CsvSource({"0", "1", "2", "3", "6"})
  void liarsAreNamedAndTheSecretOpens(int count) {
    for (int trial = 0; trial < 10; trial++) {
      ShareSearch fresh = new ShareSearch(roster, THRESHOLD);
      Set<Integer> liars = liars(count);
      SecretBytes secret = secret();
      Optional<SecretBytes> opened = fresh.open(shares(secret, liars), secret::equals);
      assertThat(opened).as("liars %s", liars).hasValue(secret);
      Set<AgentId> named = new TreeSet<>();
      liars.forEach(i -> named.add(agent(i)));
      // Who lies behind the first t shares may not be noticed, and does no harm.
      assertThat(named).containsAll(fresh.liars());
      if (liars.stream().anyMatch(i -> i < THRESHOLD)) {
        assertThat(fresh.liars()).isEqualTo(named);
      }
    }
  }

  @Test
  void whoLiedOnceIsNotAskedAgain() {
    SecretBytes first = secret();
    assertThat(search.open(shares(first, Set.of(3)), first::equals)).hasValue(first);
    assertThat(search.liars()).containsExactly(agent(3));
    SecretBytes second = secret();
    int[] attempts = new int[1];
    Optional<SecretBytes> opened =
        search.open(
            shares(second, Set.of(3)),
            secret -> {
              attempts[0]++;
              return second.equals(secret);
            });
    assertThat(opened).hasValue(second);
    assertThat(attempts[0]).isEqualTo(1);
  }

  @Test
  void holdersOfAnotherSecretEachTimeTakeNoMoreMemory() {
    int opened = 0;
    for (int first = 0; first < HOLDERS; first++) {
      for (int second = first + 1; second < HOLDERS; second++) {
        SecretBytes secret = secret();
        List<ShareSearch.Share> shares = new ArrayList<>(shares(secret, Set.of()));
        shares.remove(second);
        shares.remove(first);
        assertThat(search.open(shares, secret::equals)).hasValue(secret);
        assertThat(search.remembered()).isBetween(1, ShareSearch.REMEMBERED);
        opened++;
      }
    }
    assertThat(opened).isGreaterThan(2 * ShareSearch.REMEMBERED);
  }

  @Test
  void moreLiarsThanCanBeToldOpenNothingAndNobodyIsBlamed() {
    SecretBytes secret = secret();
    assertThat(search.open(shares(secret, liars(20)), secret::equals)).isEmpty();
    assertThat(search.liars()).isEmpty();
  }

  @Test
  void aSecretThatWasNotCommittedToIsNotTaken() {
    SecretBytes secret = secret();
    assertThat(search.open(shares(secret, Set.of()), other -> false)).isEmpty();
    assertThat(search.liars()).isEmpty();
  }

  @Test
  void fewerSharesThanTheThresholdOpenNothing() {
    SecretBytes secret = secret();
    List<ShareSearch.Share> shares = shares(secret, Set.of()).subList(0, THRESHOLD - 1);
    assertThat(search.open(shares, secret::equals)).isEmpty();
  }
}
