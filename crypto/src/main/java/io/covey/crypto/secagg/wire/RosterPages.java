package io.covey.crypto.secagg.wire;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.Roster;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.RosterPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A roster in pages that each fit into a message. */
public final class RosterPages {
  /** Keys, nonce, signature and the lengths around them, beside id and certificate. */
  private static final int ENTRY_BYTES =
      2 * Limits.KEY_BYTES + Limits.NONCE_BYTES + Limits.SIGNATURE_BYTES + 32;

  private RosterPages() {}

  /**
   * The pages of a roster.
   *
   * @param certificates of everybody in it, encoded
   */
  public static List<RosterPage> of(
      RoundId round, Octets session, Roster roster, Map<AgentId, ByteString> certificates) {
    List<List<RosterPage.Entry>> pages = new ArrayList<>();
    List<RosterPage.Entry> page = new ArrayList<>();
    int bytes = 0;
    for (KeyAdvertisement advertised : roster.entries()) {
      RosterPage.Entry entry = entry(advertised, certificates);
      int length = ENTRY_BYTES + entry.certificate().size() + entry.agent().value().length();
      if (bytes + length > Limits.CHUNK_CONTENT_BYTES
          || page.size() == Limits.ROSTER_PAGE_ENTRIES) {
        pages.add(page);
        page = new ArrayList<>();
        bytes = 0;
      }
      page.add(entry);
      bytes += length;
    }
    pages.add(page);
    List<RosterPage> wire = new ArrayList<>();
    for (int i = 0; i < pages.size(); i++) {
      wire.add(new RosterPage(round, WireOctets.of(session), i, pages.size(), pages.get(i)));
    }
    return wire;
  }

  private static RosterPage.Entry entry(
      KeyAdvertisement advertised, Map<AgentId, ByteString> certificates) {
    ByteString certificate = certificates.get(advertised.from());
    if (certificate == null) {
      throw new IllegalArgumentException(advertised.from() + " has no certificate");
    }
    return new RosterPage.Entry(
        advertised.from(),
        WireOctets.of(advertised.maskKey()),
        WireOctets.of(advertised.channelKey()),
        WireOctets.of(advertised.nonce()),
        certificate,
        WireOctets.of(advertised.signature()));
  }
}
