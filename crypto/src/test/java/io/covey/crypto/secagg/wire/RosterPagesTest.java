package io.covey.crypto.secagg.wire;

import static io.covey.crypto.secagg.wire.WireSamples.ROUND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.covey.crypto.secagg.Roster;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.RosterPage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rosters in pages, and pages that a hostile coordinator makes. */
class RosterPagesTest {

  @ParameterizedTest
  @ValueSource(ints = {3, 200, 256, 257, 1500})
  void aRosterIsPutTogetherFromPagesInWhateverOrderAndNumber(int size) throws Exception {
    WireSamples samples = new WireSamples(size, size);
    List<RosterPage> pages = new ArrayList<>();
    for (RosterPage page : pagesOf(samples)) {
      pages.add(WireSamples.sent(page));
    }
    Collections.shuffle(pages, new Random(size));
    RosterAssembly assembly = new RosterAssembly(size);
    Roster roster = null;
    for (RosterPage page : pages) {
      Optional<RosterAssembly.Assembled> whole = assembly.add(page);
      assertThat(assembly.add(page)).isEmpty();
      if (whole.isPresent()) {
        assertThat(roster).isNull();
        roster = whole.get().roster();
        assertThat(whole.get().certificates()).isEqualTo(samples.certificates);
      }
    }
    assertThat(roster).isEqualTo(samples.roster);
  }

  @Test
  void whoeverHasNoCertificateIsTheCallersMistake() {
    WireSamples samples = new WireSamples(5, 1);
    assertThatThrownBy(() -> RosterPages.of(ROUND, samples.session, samples.roster, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("agent-000000");
  }

  @Test
  void moreEntriesThanTheSessionMayHaveAreRefusedAndNotKept() throws Exception {
    WireSamples samples = new WireSamples(600, 1);
    List<RosterPage> pages = pagesOf(samples);
    assertThat(pages.size()).isGreaterThan(2);
    RosterAssembly assembly = new RosterAssembly(pages.get(0).entries().size() + 1);
    assertThat(assembly.add(pages.get(0))).isEmpty();
    assertRefused(assembly, pages.get(1));

    assertRefused(new RosterAssembly(pages.size() - 1), pages.get(0));
  }

  @Test
  void pagesThatContradictEachOtherAreRefused() throws Exception {
    WireSamples samples = new WireSamples(600, 1);
    List<RosterPage> pages = pagesOf(samples);
    RosterPage first = pages.get(0);
    RosterAssembly assembly = new RosterAssembly(1000);
    assembly.add(first);
    assertRefused(
        assembly, new RosterPage(ROUND, first.session(), 0, first.count(), pages.get(1).entries()));
    assertRefused(
        assembly,
        new RosterPage(ROUND, first.session(), 1, first.count() + 1, pages.get(1).entries()));
  }

  @Test
  void oneWhoIsListedTwiceOrOutOfOrderMakesNoRoster() {
    WireSamples samples = new WireSamples(4, 1);
    RosterPage page = pagesOf(samples).get(0);
    List<RosterPage.Entry> twice = new ArrayList<>(page.entries());
    twice.set(1, twice.get(0));
    assertRefused(new RosterAssembly(10), new RosterPage(ROUND, page.session(), 0, 1, twice));
    List<RosterPage.Entry> swapped = new ArrayList<>(page.entries());
    Collections.swap(swapped, 1, 2);
    assertRefused(new RosterAssembly(10), new RosterPage(ROUND, page.session(), 0, 1, swapped));
  }

  @Test
  void anEntryWithOneKeyForTwoPurposesMakesNoRoster() {
    WireSamples samples = new WireSamples(4, 1);
    RosterPage page = pagesOf(samples).get(0);
    RosterPage.Entry entry = page.entries().get(0);
    List<RosterPage.Entry> entries = new ArrayList<>(page.entries());
    entries.set(
        0,
        new RosterPage.Entry(
            entry.agent(),
            entry.maskKey(),
            entry.maskKey(),
            entry.nonce(),
            entry.certificate(),
            entry.signature()));
    assertRefused(new RosterAssembly(10), new RosterPage(ROUND, page.session(), 0, 1, entries));
  }

  @Test
  void aPageOfAnotherSessionGivesAnotherRoster() throws Exception {
    WireSamples samples = new WireSamples(4, 1);
    RosterPage page = pagesOf(samples).get(0);
    RosterPage other =
        new RosterPage(ROUND, ByteString.copyFrom(new byte[32]), 0, 1, page.entries());
    Roster roster = new RosterAssembly(10).add(other).orElseThrow().roster();
    assertThat(roster).isNotEqualTo(samples.roster);
    assertThat(roster.entries()).noneMatch(entry -> entry.session().equals(samples.session));
  }

  private static List<RosterPage> pagesOf(WireSamples samples) {
    return RosterPages.of(ROUND, samples.session, samples.roster, samples.certificates);
  }

  private static void assertRefused(RosterAssembly assembly, RosterPage page) {
    assertThatThrownBy(() -> assembly.add(page)).isInstanceOf(DecodeException.class);
  }
}
