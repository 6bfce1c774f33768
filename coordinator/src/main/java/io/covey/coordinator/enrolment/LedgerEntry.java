package io.covey.coordinator.enrolment;

import io.covey.crypto.identity.SerialNumber;
import io.covey.crypto.identity.Validity;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.AgentId;

/**
 * One enrolment or renewal.
 *
 * @param keys digest of the device's public keys
 */
public record LedgerEntry(AgentId agent, SerialNumber serial, Validity validity, Octets keys) {
  private static final int FIELDS = 5;

  /** One line of the ledger's file, without its end. */
  String toLine() {
    return String.join(
        " ",
        serial.toString(),
        agent.value(),
        Long.toString(validity.notBeforeEpochSecond()),
        Long.toString(validity.notAfterEpochSecond()),
        keys.toHex());
  }

  /**
   * Reads what {@link #toLine} wrote.
   *
   * @throws IllegalArgumentException for anything else
   */
  static LedgerEntry parse(String line) {
    String[] fields = line.split(" ", -1);
    if (fields.length != FIELDS) {
      throw new IllegalArgumentException(fields.length + " fields, expected " + FIELDS);
    }
    return new LedgerEntry(
        new AgentId(fields[1]),
        SerialNumber.ofHex(fields[0]),
        new Validity(Long.parseLong(fields[2]), Long.parseLong(fields[3])),
        Octets.ofHex(fields[4]));
  }
}
