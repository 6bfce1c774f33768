package io.covey.crypto.release;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.Limits;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The exact bytes of a document, and signatures over them. Its reader is the only one that sees
 * bytes before signatures are checked, and it looks at nothing but lengths.
 *
 * @param document begins with a label, so that a signature is good for one kind of document
 * @param signatures by key, at most {@link #MOST_SIGNATURES}; anybody's, and not yet checked
 */
public record SignedDocument(Octets document, SortedMap<KeyId, Octets> signatures) {
  /** Every document fits into one message. */
  public static final int MAXIMUM_ENCODED_BYTES = Limits.CHUNK_CONTENT_BYTES;

  public static final int MOST_SIGNATURES = 2 * RoleKeys.MOST_KEYS;

  private static final byte FORMAT = 1;
  private static final int FRAME_BYTES = 1 + Integer.BYTES + 1;
  private static final int SIGNATURE_BYTES = Sha256.SIZE_BYTES + Signer.SIGNATURE_BYTES;

  public SignedDocument {
    signatures = Collections.unmodifiableSortedMap(new TreeMap<>(signatures));
    signatures
        .values()
        .forEach(signature -> signature.requireLength("signature", Signer.SIGNATURE_BYTES));
    if (signatures.size() > MOST_SIGNATURES) {
      throw new IllegalArgumentException(
          signatures.size() + " signatures, expected at most " + MOST_SIGNATURES);
    }
    int bytes = FRAME_BYTES + document.length() + signatures.size() * SIGNATURE_BYTES;
    if (bytes > MAXIMUM_ENCODED_BYTES) {
      throw new IllegalArgumentException(
          "signed document of %d bytes, expected at most %d"
              .formatted(bytes, MAXIMUM_ENCODED_BYTES));
    }
  }

  /**
   * Signs a document with each of these keys.
   *
   * @param privateKeys Ed25519; stay the caller's to wipe
   */
  public static SignedDocument sign(
      Octets document, Collection<SecretBytes> privateKeys, Signer signer) {
    return new SignedDocument(document, new TreeMap<>()).andSign(privateKeys, signer);
  }

  /** With further signatures, as they come from holders of keys who never meet. */
  public SignedDocument andSign(Collection<SecretBytes> privateKeys, Signer signer) {
    SortedMap<KeyId, Octets> all = new TreeMap<>(signatures);
    byte[] message = document.toBytes();
    for (SecretBytes key : privateKeys) {
      all.put(KeyId.of(signer.publicKeyOf(key)), signer.sign(key, message));
    }
    return new SignedDocument(document, all);
  }

  /** Who of a role has really signed. */
  Set<KeyId> signers(RoleKeys role, Signer signer) {
    byte[] message = document.toBytes();
    Set<KeyId> valid = new TreeSet<>();
    for (Map.Entry<KeyId, Octets> signature : signatures.entrySet()) {
      role.keyOf(signature.getKey())
          .filter(key -> signer.verify(key, message, signature.getValue()))
          .ifPresent(key -> valid.add(signature.getKey()));
    }
    return valid;
  }

  /** Whether as many of a role have signed as have to. */
  public boolean isSignedBy(RoleKeys role, Signer signer) {
    return role.isReachedBy(signers(role, signer));
  }

  /**
   * A byte for the format, 1; length of the document (4, big-endian) and the document; number of
   * signatures (1), and for each, in ascending order, the id of its key (32) and itself (64).
   */
  public Octets encode() {
    ByteBuffer encoded =
        ByteBuffer.allocate(FRAME_BYTES + document.length() + signatures.size() * SIGNATURE_BYTES);
    encoded.put(FORMAT).putInt(document.length()).put(document.toBytes());
    encoded.put((byte) signatures.size());
    signatures.forEach(
        (key, signature) -> encoded.put(key.digest().toBytes()).put(signature.toBytes()));
    return Octets.owning(encoded.array());
  }

  /**
   * Reads what {@link #encode} wrote, and accepts nothing else. Verifies nothing.
   *
   * @throws MalformedReleaseException for everything else, whatever it is
   */
  public static SignedDocument decode(Octets encoded) throws MalformedReleaseException {
    if (encoded.length() > MAXIMUM_ENCODED_BYTES) {
      throw new MalformedReleaseException(
          "signed document of %d bytes, expected at most %d"
              .formatted(encoded.length(), MAXIMUM_ENCODED_BYTES));
    }
    try {
      return decode(ByteBuffer.wrap(encoded.toBytes()));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new MalformedReleaseException("not a signed document: " + e.getMessage(), e);
    }
  }

  private static SignedDocument decode(ByteBuffer bytes) throws MalformedReleaseException {
    byte format = bytes.get();
    int length = bytes.getInt();
    if (format != FORMAT || length < 0 || length > bytes.remaining()) {
      throw new MalformedReleaseException("not a signed document");
    }
    Octets document = next(bytes, length);
    int count = Byte.toUnsignedInt(bytes.get());
    if (bytes.remaining() != count * SIGNATURE_BYTES) {
      throw new MalformedReleaseException(
          "%d bytes of signatures, expected %d"
              .formatted(bytes.remaining(), count * SIGNATURE_BYTES));
    }
    SortedMap<KeyId, Octets> signatures = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      KeyId key = new KeyId(Sha256.fromBytes(next(bytes, Sha256.SIZE_BYTES).toBytes()));
      if (!signatures.isEmpty() && key.compareTo(signatures.lastKey()) <= 0) {
        throw new MalformedReleaseException("signatures are not in ascending order of keys");
      }
      signatures.put(key, next(bytes, Signer.SIGNATURE_BYTES));
    }
    return new SignedDocument(document, signatures);
  }

  private static Octets next(ByteBuffer bytes, int length) {
    byte[] next = new byte[length];
    bytes.get(next);
    return Octets.owning(next);
  }
}
