package io.covey.crypto.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.settings.HostPort;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class JoinTokenTest {
  private static final Instant EXPIRY = Instant.ofEpochSecond(1_767_225_600L);
  private static final Sha256 ROOT = Sha256.of(new byte[] {1, 2, 3});
  private static final String SECRET_HEX = "000102030405060708090a0b0c0d0e0f10111213";

  /** Put together by a program of its own, from the description in {@link JoinToken#reveal}. */
  private static final String TEXT =
      "covey1.AhJjb3ZleS5leGFtcGxlOjg0NjMOW2ZkMDA6OjFdOjg0NjMDkFjG8sDLSSxTOwp"
          + "NFO93zA94q8zO1Sh9hKGiARz7gQABAgMEBQYHCAkKCwwNDg8QERITAAAAAGlVuQBfx6ZM";

  private static JoinToken token(String... addresses) {
    return new JoinToken(
        List.of(addresses).stream().map(HostPort::parse).toList(),
        ROOT,
        SecretBytes.owning(Octets.ofHex(SECRET_HEX).toBytes()),
        EXPIRY);
  }

  @Test
  void aTokenHasThisTextAndComesBackFromIt() {
    JoinToken made = token("covey.example:8463", "[fd00::1]:8463");
    assertThat(made.reveal()).isEqualTo(TEXT);
    JoinToken read = JoinToken.parse("  " + TEXT + "\n");
    assertThat(read.addresses()).isEqualTo(made.addresses());
    assertThat(read.rootFingerprint()).isEqualTo(ROOT);
    assertThat(read.secret()).isEqualTo(made.secret());
    assertThat(read.expiry()).isEqualTo(EXPIRY);
  }

  @Test
  void aTokenPrintsNoSecretAndWipesItWhenClosed() {
    JoinToken token = token("a:1");
    assertThat(token.toString()).contains("redacted").doesNotContain(SECRET_HEX);
    SecretBytes secret = token.secret();
    byte[] bytes = secret.reveal();
    token.close();
    assertThat(bytes).containsOnly(0);
  }

  @Test
  void everyTypingErrorOfOneCharacterIsNoticed() {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.";
    for (int at = 0; at < TEXT.length(); at++) {
      for (int other = 0; other < alphabet.length(); other++) {
        String typed = TEXT.substring(0, at) + alphabet.charAt(other) + TEXT.substring(at + 1);
        if (!typed.equals(TEXT)) {
          assertThatThrownBy(() -> JoinToken.parse(typed))
              .isInstanceOf(IllegalArgumentException.class);
        }
      }
      String cut = TEXT.substring(0, at);
      assertThatThrownBy(() -> JoinToken.parse(cut)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> JoinToken.parse(TEXT + "AA")).hasMessageContaining("damaged");
    assertThatThrownBy(() -> JoinToken.parse("covey2." + TEXT.substring(7)))
        .hasMessage("a join token begins with covey1.");
    assertThatThrownBy(() -> JoinToken.parse("covey1." + "A".repeat(2000)))
        .hasMessageContaining("2007 characters");
  }

  @Test
  void hostileTextsEndInOneKindOfExceptionThatQuotesNothing() {
    long seed = System.nanoTime();
    System.out.println("JoinTokenTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    byte[] whole = Base64.getUrlDecoder().decode(TEXT.substring(7));
    for (int i = 0; i < 50_000; i++) {
      byte[] body = new byte[random.nextInt(whole.length + 20)];
      System.arraycopy(whole, 0, body, 0, Math.min(whole.length, body.length));
      for (int changes = random.nextInt(4); changes > 0 && body.length > 0; changes--) {
        body[random.nextInt(body.length)] = (byte) random.nextInt();
      }
      byte[] hostile = withChecksum(body);
      String text = "covey1." + Base64.getUrlEncoder().withoutPadding().encodeToString(hostile);
      try {
        assertThat(JoinToken.parse(text).reveal()).isEqualTo(text);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasNoCause().hasMessageStartingWith("the join token is damaged");
      }
    }
  }

  /** With a checksum that is right, so that the fields are reached. */
  private static byte[] withChecksum(byte[] body) {
    int length = Math.max(0, body.length - 4);
    byte[] checked = new byte[7 + length];
    System.arraycopy("covey1.".getBytes(StandardCharsets.US_ASCII), 0, checked, 0, 7);
    System.arraycopy(body, 0, checked, 7, length);
    byte[] result = Arrays.copyOf(body, length + 4);
    System.arraycopy(Sha256.of(checked).toBytes(), 0, result, length, 4);
    return result;
  }

  @Test
  void tokensThatCannotBeAreNotMade() {
    assertThatThrownBy(() -> token()).hasMessageContaining("expected 1 to 4 addresses");
    assertThatThrownBy(() -> token(Collections.nCopies(5, "a:1").toArray(String[]::new)))
        .hasMessageContaining("expected 1 to 4 addresses");
    assertThatThrownBy(() -> token("a:0")).hasMessageContaining("ports of 1 or more");
    assertThatThrownBy(
            () ->
                new JoinToken(
                    List.of(new HostPort("a", 1)), ROOT, SecretBytes.owning(new byte[19]), EXPIRY))
        .hasMessage("join secret of 19 bytes, expected 20");
  }

  @Test
  void theSecretIsKeptHashedUnderALabelOfItsOwn() {
    SecretBytes secret = SecretBytes.owning(Octets.ofHex(SECRET_HEX).toBytes());
    assertThat(JoinToken.hashOf(secret).toHex())
        .isEqualTo("1703a804d8f5b9bbc52381750555202a377c4ddbaf9c1d7d1213abf8c835c71f");
  }

  @Test
  void expiryToleratesAClockThatIsSlightlyOff() {
    JoinToken token = token("a:1");
    assertThat(token.hasExpired(EXPIRY.plus(Validity.CLOCK_TOLERANCE))).isFalse();
    assertThat(token.hasExpired(EXPIRY.plus(Validity.CLOCK_TOLERANCE).plusMillis(1))).isTrue();
  }
}
