package io.covey.crypto.identity;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.FleetId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The authority's statement of which enrolments no longer count, although their certificates have
 * not ended. Small: 16 bytes each, and those that have ended are left out. Each new list has a
 * higher version than the one before, so that an old one cannot be passed off as the newest to
 * whoever has seen a newer; {@link Content#issuedAtEpochSecond} says how old it is to whoever has
 * not.
 *
 * @param signature the authority's, Ed25519
 */
public record RevocationList(Content content, Octets signature) {
  /** Of enrolments; more than any fleet revokes within the life of a certificate. */
  public static final int MAXIMUM_SERIALS = 65_536;

  /** The longest encoding: format, name, version, time, number of serials, serials, signature. */
  public static final int MAXIMUM_ENCODED_BYTES =
      1
          + (1 + 64)
          + 2 * Long.BYTES
          + Integer.BYTES
          + MAXIMUM_SERIALS * SerialNumber.BYTES
          + Signer.SIGNATURE_BYTES;

  private static final String LABEL = "covey/v1/revocation-list";
  private static final byte FORMAT = 1;

  /**
   * What is signed.
   *
   * @param version 1 or more
   * @param issuedAtEpochSecond not negative
   * @param serials in ascending order, without duplicates
   */
  public record Content(
      FleetId fleet, long version, long issuedAtEpochSecond, List<SerialNumber> serials) {

    public Content {
      serials = List.copyOf(serials);
      if (version < 1 || issuedAtEpochSecond < 0 || serials.size() > MAXIMUM_SERIALS) {
        throw new IllegalArgumentException(
            "revocations of version %d, issued %d s after 1970, %d of them; expected 1 or more, 0 or more, at most %d"
                .formatted(version, issuedAtEpochSecond, serials.size(), MAXIMUM_SERIALS));
      }
      for (int i = 1; i < serials.size(); i++) {
        if (serials.get(i - 1).compareTo(serials.get(i)) >= 0) {
          throw new IllegalArgumentException("revoked serial numbers are not in ascending order");
        }
      }
    }

    /** The next version, with these serial numbers in any order. */
    public Content next(Instant now, List<SerialNumber> newSerials) {
      return new Content(
          fleet, version + 1, now.getEpochSecond(), List.copyOf(new TreeSet<>(newSerials)));
    }

    byte[] statement() {
      Canonical statement =
          new Canonical(LABEL)
              .text(fleet.value())
              .number(version)
              .number(issuedAtEpochSecond)
              .number(serials.size());
      serials.forEach(serial -> statement.octets(serial.value()));
      return statement.toBytes();
    }
  }

  public RevocationList {
    signature.requireLength("signature", Signer.SIGNATURE_BYTES);
  }

  /** The first one, with nothing in it. */
  public static Content none(FleetId fleet, Instant now) {
    return new Content(fleet, 1, now.getEpochSecond(), List.of());
  }

  /** Whether the signature is the authority's; takes one verification. */
  public boolean isIssuedBy(Octets authorityKey, Signer signer) {
    return signer.verify(authorityKey, content.statement(), signature);
  }

  /** In time that depends on the length of the list. */
  public boolean contains(SerialNumber serial) {
    return Collections.binarySearch(content.serials(), serial) >= 0;
  }

  /** How long ago it was issued, by this clock. */
  public Duration age(Instant now) {
    return Duration.between(Instant.ofEpochSecond(content.issuedAtEpochSecond()), now);
  }

  /**
   * A byte for the format, 1; the fleet in ASCII after a byte with its length; version and time (8
   * each, big-endian); the number of serials (4), each (16); signature (64).
   */
  public Octets encode() {
    byte[] fleetName = content.fleet().value().getBytes(StandardCharsets.US_ASCII);
    List<SerialNumber> serials = content.serials();
    ByteBuffer encoded =
        ByteBuffer.allocate(
            MAXIMUM_ENCODED_BYTES
                - (64 - fleetName.length)
                - (MAXIMUM_SERIALS - serials.size()) * SerialNumber.BYTES);
    // The name has at most 64 characters, so its length fits in a byte.
    encoded.put(FORMAT).put((byte) fleetName.length).put(fleetName);
    encoded.putLong(content.version()).putLong(content.issuedAtEpochSecond());
    encoded.putInt(serials.size());
    serials.forEach(serial -> encoded.put(serial.value().toBytes()));
    return Octets.owning(encoded.put(signature.toBytes()).array());
  }

  /**
   * Reads what {@link #encode} wrote. Verifies nothing.
   *
   * @return empty for everything else, whatever it is
   */
  public static Optional<RevocationList> decode(Octets encoded) {
    if (encoded.length() > MAXIMUM_ENCODED_BYTES) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(encoded.toBytes());
    try {
      if (bytes.get() != FORMAT) {
        return Optional.empty();
      }
      Content content = content(bytes);
      Octets signature = CertificateFacts.next(bytes, Signer.SIGNATURE_BYTES);
      return bytes.hasRemaining()
          ? Optional.empty()
          : Optional.of(new RevocationList(content, signature));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      // Too short, or values that no list can have.
      return Optional.empty();
    }
  }

  private static Content content(ByteBuffer bytes) {
    FleetId fleet = new FleetId(CertificateFacts.name(bytes));
    long version = bytes.getLong();
    long issuedAt = bytes.getLong();
    int count = bytes.getInt();
    if (count < 0 || count > bytes.remaining() / SerialNumber.BYTES) {
      throw new IllegalArgumentException("a number of serials that cannot follow");
    }
    List<SerialNumber> serials = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      serials.add(new SerialNumber(CertificateFacts.next(bytes, SerialNumber.BYTES)));
    }
    return new Content(fleet, version, issuedAt, serials);
  }
}
