package io.covey.crypto.primitive;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Hybrid public key encryption of one message to the owner of a public key (RFC 9180, base mode,
 * single-shot API of section 6.1), with X-Wing as its KEM (draft-connolly-cfrg-xwing-kem, "Use in
 * HPKE"), HKDF-SHA-256 and AES-256-GCM.
 *
 * <p>Says nothing about the sender: anybody can encrypt.
 *
 * <p>Thread-safe.
 */
public final class Hpke {
  /** What a sealed message is longer than what it holds. */
  public static final int OVERHEAD_BYTES = Aead.TAG_BYTES;

  static final int XWING = 0x647a;
  static final int HKDF_SHA256 = 0x0001;
  static final int AES_256_GCM = 0x0002;

  private static final byte BASE_MODE = 0;
  private static final String VERSION = "HPKE-v1";
  private static final byte[] EMPTY = {};

  private final Kem kem;
  private final Aead aead;
  private final byte[] suite = suite(XWING, HKDF_SHA256, AES_256_GCM);

  /** A message and what its recipient needs to open it. */
  public record Message(Octets encapsulation, Octets sealed) {
    public Message {
      encapsulation.requireLength("encapsulation", Kem.CIPHERTEXT_BYTES);
      if (sealed.length() < OVERHEAD_BYTES) {
        throw new IllegalArgumentException(
            "sealed message of "
                + sealed.length()
                + " bytes, expected "
                + OVERHEAD_BYTES
                + " or more");
      }
    }
  }

  /** The key and the first nonce of a context. */
  record Schedule(SecretBytes key, SecretBytes baseNonce) implements AutoCloseable {
    @Override
    public void close() {
      key.wipe();
      baseNonce.wipe();
    }
  }

  /**
   * The suite with this KEM.
   *
   * @param kem X-Wing
   */
  public Hpke(Kem kem, Aead aead) {
    this.kem = kem;
    this.aead = aead;
  }

  /**
   * Encrypts.
   *
   * @param info what the message is, for whom, and in which context: begins with a label
   * @param seed of {@link Kem#ENCAPSULATION_SEED_BYTES}, used once, stays the caller's to wipe
   * @return empty if the public key is not acceptable
   */
  public Optional<Message> seal(
      Octets publicKey, byte[] info, SecretBytes plaintext, SecretBytes seed) {
    return kem.encapsulate(publicKey, seed)
        .map(
            made -> {
              try (SecretBytes shared = made.sharedSecret();
                  Schedule schedule = schedule(shared, info, suite, Aead.KEY_BYTES)) {
                byte[] nonce = schedule.baseNonce().reveal();
                return new Message(
                    made.ciphertext(), aead.seal(schedule.key(), nonce, EMPTY, plaintext));
              }
            });
  }

  /**
   * Decrypts.
   *
   * @return empty if anything is not as it was sealed, or was sealed for another key or context
   */
  public Optional<SecretBytes> open(SecretBytes privateKey, byte[] info, Message message) {
    return open(Decapsulation.by(kem, privateKey), info, message);
  }

  /**
   * Decrypts with a private key that may be somewhere else.
   *
   * @param own by X-Wing
   * @return empty if anything is not as it was sealed, or was sealed for another key or context
   */
  public Optional<SecretBytes> open(Decapsulation own, byte[] info, Message message) {
    Optional<SecretBytes> shared = own.decapsulate(message.encapsulation());
    if (shared.isEmpty()) {
      return Optional.empty();
    }
    try (SecretBytes secret = shared.get();
        Schedule schedule = schedule(secret, info, suite, Aead.KEY_BYTES)) {
      byte[] nonce = schedule.baseNonce().reveal();
      return aead.open(schedule.key(), nonce, EMPTY, message.sealed());
    }
  }

  /** RFC 9180, section 5.1, without a pre-shared key. */
  static Schedule schedule(SecretBytes sharedSecret, byte[] info, byte[] suite, int keyBytes) {
    SecretBytes nothing = SecretBytes.owning(EMPTY);
    byte[] context = context(info, suite);
    try (SecretBytes secret = extract(sharedSecret.reveal(), "secret", nothing, suite)) {
      return new Schedule(
          expand(secret, "key", context, keyBytes, suite),
          expand(secret, "base_nonce", context, Aead.NONCE_BYTES, suite));
    }
  }

  private static byte[] context(byte[] info, byte[] suite) {
    SecretBytes nothing = SecretBytes.owning(EMPTY);
    // Both are hashes of public values.
    SecretBytes idHash = extract(EMPTY, "psk_id_hash", nothing, suite);
    SecretBytes infoHash = extract(EMPTY, "info_hash", SecretBytes.copyOf(info), suite);
    return ByteBuffer.allocate(1 + 2 * Hkdf.HASH_BYTES)
        .put(BASE_MODE)
        .put(idHash.reveal())
        .put(infoHash.reveal())
        .array();
  }

  /** LabeledExtract (RFC 9180, section 4). */
  static SecretBytes extract(byte[] salt, String label, SecretBytes secret, byte[] suite) {
    try (SecretBytes labeled =
        SecretBytes.owning(joined(ascii(VERSION), suite, ascii(label), secret.reveal()))) {
      return Hkdf.extract(labeled, salt);
    }
  }

  /** LabeledExpand (RFC 9180, section 4). */
  static SecretBytes expand(SecretBytes key, String label, byte[] info, int bytes, byte[] suite) {
    byte[] length = ByteBuffer.allocate(Short.BYTES).putShort((short) bytes).array();
    return Hkdf.expand(key, joined(length, ascii(VERSION), suite, ascii(label), info), bytes);
  }

  /** The identifier of a suite, in RFC 9180's registry. */
  static byte[] suite(int kem, int kdf, int aead) {
    return ByteBuffer.allocate(4 + 3 * Short.BYTES)
        .put(ascii("HPKE"))
        .putShort((short) kem)
        .putShort((short) kdf)
        .putShort((short) aead)
        .array();
  }

  private static byte[] joined(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer joined = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      joined.put(part);
    }
    return joined.array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
