package io.covey.crypto.identity;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.settings.HostPort;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * What a device is given to join a fleet: where the issuing service is, by which root it is known,
 * and a secret that is good for one enrolment. The first contact is authenticated both ways by it.
 * As text: {@code covey1.} and base64url.
 *
 * <p>Not for use by several threads while it is being closed.
 */
public final class JoinToken implements AutoCloseable {
  public static final int SECRET_BYTES = 20;

  /** Of addresses; the device tries them in their order. */
  public static final int MAXIMUM_ADDRESSES = 4;

  /** The longest text. */
  public static final int MAXIMUM_CHARACTERS = 1500;

  private static final String PREFIX = "covey1.";
  private static final String HASH_LABEL = "covey/v1/join-token-secret";
  private static final int CHECKSUM_BYTES = 4;
  private static final int MAXIMUM_ADDRESS_CHARACTERS = 255;

  private final List<HostPort> addresses;
  private final Sha256 rootFingerprint;
  private final SecretBytes secret;
  private final Instant expiry;

  /**
   * A token.
   *
   * @param addresses 1 to {@link #MAXIMUM_ADDRESSES}, over HTTPS
   * @param rootFingerprint SHA-256 of the root certificate in DER
   * @param secret {@link #SECRET_BYTES}; becomes this object's to wipe
   * @param expiry whole seconds, from 1970 on
   */
  public JoinToken(
      List<HostPort> addresses, Sha256 rootFingerprint, SecretBytes secret, Instant expiry) {
    this.addresses = List.copyOf(addresses);
    this.rootFingerprint = rootFingerprint;
    this.secret = secret;
    this.expiry = expiry;
    boolean fits =
        !addresses.isEmpty()
            && addresses.size() <= MAXIMUM_ADDRESSES
            && addresses.stream().allMatch(JoinToken::isUsable);
    if (!fits) {
      throw new IllegalArgumentException(
          "join token for %s, expected 1 to %d addresses in ASCII with ports of 1 or more"
              .formatted(addresses, MAXIMUM_ADDRESSES));
    }
    if (secret.length() != SECRET_BYTES) {
      throw new IllegalArgumentException(
          "join secret of " + secret.length() + " bytes, expected " + SECRET_BYTES);
    }
    if (expiry.getNano() != 0 || expiry.getEpochSecond() < 0) {
      throw new IllegalArgumentException(
          "join token ends at " + expiry + ", expected whole seconds from 1970 on");
    }
  }

  private static boolean isUsable(HostPort address) {
    String text = address.toString();
    return address.port() > 0
        && text.length() <= MAXIMUM_ADDRESS_CHARACTERS
        && StandardCharsets.US_ASCII.newEncoder().canEncode(text);
  }

  /** A secret for a new token. */
  public static SecretBytes drawSecret(RandomWords random) {
    try (SecretBytes key = FreshKeys.next(random)) {
      return SecretBytes.owning(Arrays.copyOf(key.reveal(), SECRET_BYTES));
    }
  }

  /**
   * What the issuing service keeps instead of the secret. A plain hash is enough: the secret has
   * 160 random bits.
   */
  public static Octets hashOf(SecretBytes secret) {
    return new Canonical(HASH_LABEL).octets(Octets.copyOf(secret.reveal())).digest();
  }

  public List<HostPort> addresses() {
    return addresses;
  }

  public Sha256 rootFingerprint() {
    return rootFingerprint;
  }

  /** Stays this object's to wipe. */
  public SecretBytes secret() {
    return secret;
  }

  public Instant expiry() {
    return expiry;
  }

  /** Whether a device need not try it, by its clock, which may be wrong by the tolerance. */
  public boolean hasExpired(Instant now) {
    return now.isAfter(expiry.plus(Validity.CLOCK_TOLERANCE));
  }

  /**
   * The text, which holds the secret and cannot be wiped: for the person who carries it over. After
   * the prefix: the number of addresses (1 byte), each as {@code host:port} after its length (1);
   * fingerprint (32); secret (20); expiry (8, seconds after 1970, big-endian); the first 4 bytes of
   * the SHA-256 of all that, the prefix included.
   */
  public String reveal() {
    ByteBuffer body = ByteBuffer.allocate(MAXIMUM_CHARACTERS);
    body.put((byte) addresses.size());
    for (HostPort address : addresses) {
      byte[] text = address.toString().getBytes(StandardCharsets.US_ASCII);
      // At most 255, as checked when it was made.
      body.put((byte) text.length).put(text);
    }
    body.put(rootFingerprint.toBytes()).put(secret.reveal()).putLong(expiry.getEpochSecond());
    body.put(checksum(body.array(), body.position()));
    byte[] whole = Arrays.copyOf(body.array(), body.position());
    String text = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
    Arrays.fill(body.array(), (byte) 0);
    Arrays.fill(whole, (byte) 0);
    return text;
  }

  private static byte[] checksum(byte[] body, int length) {
    byte[] prefix = PREFIX.getBytes(StandardCharsets.US_ASCII);
    byte[] checked = Arrays.copyOf(prefix, prefix.length + length);
    System.arraycopy(body, 0, checked, prefix.length, length);
    byte[] checksum = Arrays.copyOf(Sha256.of(checked).toBytes(), CHECKSUM_BYTES);
    Arrays.fill(checked, (byte) 0);
    return checksum;
  }

  /**
   * Reads what {@link #reveal} wrote; white space at the ends is left out.
   *
   * @throws IllegalArgumentException for anything else, saying nothing of what is in it
   */
  public static JoinToken parse(String text) {
    String token = text.strip();
    if (!token.startsWith(PREFIX)) {
      throw new IllegalArgumentException("a join token begins with " + PREFIX);
    }
    if (token.length() > MAXIMUM_CHARACTERS) {
      throw new IllegalArgumentException(
          "join token of %d characters, expected at most %d"
              .formatted(token.length(), MAXIMUM_CHARACTERS));
    }
    try (Fields fields = new Fields(token)) {
      JoinToken parsed = fields.token();
      if (parsed.reveal().equals(token)) {
        return parsed;
      }
      // Another way to write the same: there is only one that is right.
      parsed.close();
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      // Not as the cause: it could quote a part of the token.
      throw damaged();
    }
    throw damaged();
  }

  private static IllegalArgumentException damaged() {
    return new IllegalArgumentException(
        "the join token is damaged: copy the whole of it, from "
            + PREFIX
            + " to its last character");
  }

  /** The bytes of a token's text, wiped when it is read. */
  private static final class Fields implements AutoCloseable {
    private final byte[] whole;
    private final ByteBuffer left;

    Fields(String token) {
      whole = Base64.getUrlDecoder().decode(token.substring(PREFIX.length()));
      left = ByteBuffer.wrap(whole);
    }

    JoinToken token() {
      List<HostPort> addresses = new ArrayList<>();
      for (int count = left.get(); count > 0; count--) {
        byte[] address = next(Byte.toUnsignedInt(left.get()));
        addresses.add(HostPort.parse(new String(address, StandardCharsets.US_ASCII)));
      }
      Sha256 fingerprint = Sha256.fromBytes(next(Sha256.SIZE_BYTES));
      SecretBytes secret = SecretBytes.owning(next(SECRET_BYTES));
      boolean made = false;
      try {
        JoinToken token =
            new JoinToken(addresses, fingerprint, secret, Instant.ofEpochSecond(left.getLong()));
        made = true;
        return token;
      } catch (DateTimeException e) {
        throw new IllegalArgumentException("no time that can be", e);
      } finally {
        if (!made) {
          secret.wipe();
        }
      }
    }

    private byte[] next(int length) {
      byte[] next = new byte[length];
      left.get(next);
      return next;
    }

    @Override
    public void close() {
      Arrays.fill(whole, (byte) 0);
    }
  }

  /** Wipes the secret. */
  @Override
  public void close() {
    secret.wipe();
  }

  @Override
  public String toString() {
    return "JoinToken[" + addresses + ", until " + expiry + ", secret redacted]";
  }
}
