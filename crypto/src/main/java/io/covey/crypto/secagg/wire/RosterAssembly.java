package io.covey.crypto.secagg.wire;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.Roster;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.RosterPage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts a roster together from pages in whatever order they come. Holds no more entries than the
 * largest roster of the session may have.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class RosterAssembly {
  private final int maximumEntries;
  private @Nullable RosterPage @Nullable [] pages;
  private int pagesHeld;
  private int entriesHeld;

  /** A roster with the certificates that came with it, encoded. */
  public record Assembled(Roster roster, Map<AgentId, ByteString> certificates) {
    public Assembled {
      certificates = Map.copyOf(certificates);
    }
  }

  public RosterAssembly(int maximumEntries) {
    this.maximumEntries = maximumEntries;
  }

  /**
   * Takes a page.
   *
   * @return the roster once the last page is here; the same page again changes nothing
   * @throws DecodeException if the pages contradict each other or hold too many entries
   */
  public Optional<Assembled> add(RosterPage page) throws DecodeException {
    if (pages == null) {
      // Each page has an entry at least.
      requireAtMost(page.count());
      pages = new RosterPage[page.count()];
    }
    if (page.count() != pages.length) {
      throw Ranks.refusal("a page of %d, others are of %d".formatted(page.count(), pages.length));
    }
    RosterPage before = pages[page.index()];
    if (before != null) {
      if (!before.equals(page)) {
        throw Ranks.refusal("two different pages " + page.index());
      }
      return Optional.empty();
    }
    entriesHeld += page.entries().size();
    requireAtMost(entriesHeld);
    pages[page.index()] = page;
    pagesHeld++;
    return pagesHeld == pages.length ? Optional.of(assemble(pages)) : Optional.empty();
  }

  private void requireAtMost(int entries) throws DecodeException {
    if (entries > maximumEntries) {
      throw Ranks.refusal(
          "a roster of at least %d, expected at most %d".formatted(entries, maximumEntries));
    }
  }

  private static Assembled assemble(@Nullable RosterPage[] pages) throws DecodeException {
    List<KeyAdvertisement> entries = new ArrayList<>();
    Map<AgentId, ByteString> certificates = new HashMap<>();
    try {
      for (RosterPage page : pages) {
        if (page == null) {
          throw new IllegalStateException("a page is missing");
        }
        Octets session = WireOctets.octets(page.session());
        for (RosterPage.Entry entry : page.entries()) {
          entries.add(advertisement(session, entry));
          certificates.put(entry.agent(), entry.certificate());
        }
      }
      return new Assembled(new Roster(entries), certificates);
    } catch (IllegalArgumentException e) {
      throw Ranks.refusal(String.valueOf(e.getMessage()));
    }
  }

  private static KeyAdvertisement advertisement(Octets session, RosterPage.Entry entry) {
    return new KeyAdvertisement(
        session,
        entry.agent(),
        WireOctets.octets(entry.maskKey()),
        WireOctets.octets(entry.channelKey()),
        WireOctets.octets(entry.nonce()),
        WireOctets.octets(entry.signature()));
  }
}
