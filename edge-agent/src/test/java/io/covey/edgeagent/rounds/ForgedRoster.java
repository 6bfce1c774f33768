package io.covey.edgeagent.rounds;

import com.google.protobuf.ByteString;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.RosterPage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Rosters that a coordinator could show, each wrong in one way. */
final class ForgedRoster {
  private final SessionFleet fleet;

  /**
   * For the session of a fleet.
   *
   * @param fleet whose participants help, where a forgery needs their keys
   */
  ForgedRoster(SessionFleet fleet) {
    this.fleet = fleet;
  }

  static RosterPage page(RosterPage page, List<RosterPage.Entry> entries) {
    return new RosterPage(page.round(), page.session(), 0, 1, entries);
  }

  static List<RosterPage.Entry> others(RosterPage page) {
    return page.entries().stream().filter(e -> !e.agent().equals(SessionFleet.VICTIM)).toList();
  }

  static RosterPage altered(
      RosterPage page, AgentId whose, UnaryOperator<RosterPage.Entry> change) {
    List<RosterPage.Entry> entries = new ArrayList<>(page.entries());
    entries.replaceAll(entry -> entry.agent().equals(whose) ? change.apply(entry) : entry);
    return page(page, entries);
  }

  static RosterPage.Entry withMaskKey(RosterPage.Entry entry, ByteString maskKey) {
    return new RosterPage.Entry(
        entry.agent(),
        maskKey,
        entry.channelKey(),
        entry.nonce(),
        entry.certificate(),
        entry.signature());
  }

  /** All of it right, but that the authority is another one. */
  RosterPage.Entry withForeignIdentity(RosterPage.Entry entry) {
    try (TrialAuthority elsewhere =
            TrialAuthority.insecureSeeded(SessionFleet.FLEET, new Ed25519(), 3);
        AgentIdentity impostor = elsewhere.enrol(entry.agent(), 1)) {
      return signed(entry, entry.channelKey(), impostor);
    }
  }

  /** A neighbour that helps the coordinator: with its key, everybody gets the same secret. */
  RosterPage.Entry withPowerlessKey(RosterPage.Entry entry) {
    AgentIdentity helper = fleet.participant(entry.agent()).identity;
    return signed(entry, ByteString.copyFrom(new byte[32]), helper);
  }

  private RosterPage.Entry signed(RosterPage.Entry entry, ByteString channelKey, AgentIdentity by) {
    KeyAdvertisement unsigned =
        new KeyAdvertisement(
            fleet.coordinator.session(),
            entry.agent(),
            octets(entry.maskKey()),
            octets(channelKey),
            octets(entry.nonce()),
            Octets.copyOf(new byte[0]));
    Octets signature = by.signingKey().sign(unsigned.statement());
    return new RosterPage.Entry(
        entry.agent(),
        entry.maskKey(),
        channelKey,
        entry.nonce(),
        ByteString.copyFrom(by.certificate().encode().toBytes()),
        ByteString.copyFrom(signature.toBytes()));
  }

  static Octets octets(ByteString bytes) {
    return Octets.owning(bytes.toByteArray());
  }

  static ByteString flipped(ByteString bytes) {
    byte[] changed = bytes.toByteArray();
    changed[0] ^= 1;
    return ByteString.copyFrom(changed);
  }
}
