package io.covey.protocols.message;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.RoundId;
import java.util.List;

/**
 * A part of the list of who takes part in a session: topic {@code down/round/{round}/roster}. All
 * pages together list each participant once, in the order of their ids.
 *
 * @param index 0-based
 */
public record RosterPage(
    RoundId round, ByteString session, int index, int count, List<Entry> entries)
    implements RoundMessage {

  /** What one participant advertised, see {@link KeysAdvertised}. */
  public record Entry(
      AgentId agent,
      ByteString maskKey,
      ByteString channelKey,
      ByteString nonce,
      ByteString certificate,
      ByteString signature) {
    public Entry {
      Limits.checkLength("mask key", maskKey, Limits.KEY_BYTES);
      Limits.checkLength("channel key", channelKey, Limits.KEY_BYTES);
      Limits.checkLength("nonce", nonce, Limits.NONCE_BYTES);
      Limits.checkRange("certificate (bytes)", certificate.size(), 1, Limits.CERTIFICATE_BYTES);
      Limits.checkLength("signature", signature, Limits.SIGNATURE_BYTES);
    }
  }

  public RosterPage {
    Limits.checkLength("session id", session, Limits.DIGEST_BYTES);
    Limits.checkRange("page count", count, 1, Limits.ROSTER_PAGES);
    Limits.checkRange("page index", index, 0, count - 1L);
    Limits.checkRange("roster entries", entries.size(), 1, Limits.ROSTER_PAGE_ENTRIES);
    entries = List.copyOf(entries);
  }
}
