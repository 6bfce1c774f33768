package io.covey.crypto.identity;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What every certificate of an agent says beside its key: whose, by which enrolment, and for how
 * long.
 */
public record CertificateFacts(
    FleetId fleet, AgentId agent, SerialNumber serial, Validity validity) {
  /** The longest encoding: two names of at most 64 characters, serial number, two times. */
  static final int MAXIMUM_ENCODED_BYTES = 2 * (1 + 64) + SerialNumber.BYTES + 2 * Long.BYTES;

  /** Adds all of it to what is signed. */
  Canonical addTo(Canonical statement) {
    return statement
        .text(fleet.value())
        .agent(agent)
        .octets(serial.value())
        .number(validity.notBeforeEpochSecond())
        .number(validity.notAfterEpochSecond());
  }

  int encodedBytes() {
    return MAXIMUM_ENCODED_BYTES - (64 - fleet.value().length()) - (64 - agent.value().length());
  }

  /**
   * Appends: fleet and agent in ASCII, each after a byte with its length; serial number (16); from
   * and until (8 each, big-endian).
   */
  void encodeTo(ByteBuffer encoded) {
    // Names have at most 64 characters, so their lengths fit in a byte.
    byte[] fleetName = fleet.value().getBytes(StandardCharsets.US_ASCII);
    byte[] agentName = agent.value().getBytes(StandardCharsets.US_ASCII);
    encoded.put((byte) fleetName.length).put(fleetName);
    encoded.put((byte) agentName.length).put(agentName);
    encoded.put(serial.value().toBytes());
    encoded.putLong(validity.notBeforeEpochSecond()).putLong(validity.notAfterEpochSecond());
  }

  /**
   * Reads what {@link #encodeTo} wrote.
   *
   * @throws IllegalArgumentException or {@link java.nio.BufferUnderflowException} for anything else
   */
  static CertificateFacts decode(ByteBuffer bytes) {
    return new CertificateFacts(
        new FleetId(name(bytes)),
        new AgentId(name(bytes)),
        new SerialNumber(next(bytes, SerialNumber.BYTES)),
        new Validity(bytes.getLong(), bytes.getLong()));
  }

  static Octets next(ByteBuffer bytes, int length) {
    byte[] next = new byte[length];
    bytes.get(next);
    return Octets.owning(next);
  }

  static String name(ByteBuffer bytes) {
    int length = Byte.toUnsignedInt(bytes.get());
    // Every byte becomes one character, so that nothing but ASCII passes the check of names.
    return new String(next(bytes, length).toBytes(), StandardCharsets.ISO_8859_1);
  }
}
