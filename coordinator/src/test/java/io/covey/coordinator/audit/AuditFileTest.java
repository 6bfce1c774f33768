package io.covey.coordinator.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.coordinator.audit.AuditEvent.Kind;
import io.covey.crypto.identity.FleetAuthority;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.id.FleetId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditFileTest {
  private static final Signer SIGNER = new Ed25519();
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir private Path directory;
  private final FleetAuthority authority = anAuthority();

  private static FleetAuthority anAuthority() {
    return FleetAuthority.generate(
        new FleetId("home"), AesCtrRandomWords.fromSystemRandomness(), SIGNER);
  }

  private Path path() {
    return directory.resolve("audit.log");
  }

  private AuditFile open() throws IOException {
    return AuditFile.open(path(), AuditKey.of(authority), InstantSource.fixed(NOW));
  }

  private void write(int entries) throws IOException {
    AuditFile file = open();
    for (int i = 0; i < entries; i++) {
      file.append(AuditEvent.of(Kind.ENROLLED, "agent-" + i).with("serial", i));
    }
  }

  private List<AuditEntry> check() throws IOException {
    return check(Optional.empty());
  }

  private List<AuditEntry> check(Optional<AuditHead> expected) throws IOException {
    List<AuditEntry> entries = new ArrayList<>();
    AuditCheck.Report report =
        new AuditCheck(SIGNER, Set.of(authority.publicKey()), expected).run(path(), entries::add);
    assertThat(report.head().entries()).isEqualTo(entries.size());
    assertThat(report.isKeyTrusted()).isTrue();
    return entries;
  }

  @Test
  void whatIsAppendedIsReadInOrder() throws Exception {
    write(3);
    List<AuditEntry> entries = check();
    assertThat(entries).extracting(AuditEntry::number).containsExactly(1L, 2L, 3L, 4L);
    assertThat(entries.get(0).event().kind()).isEqualTo(Kind.LOG_BEGUN);
    assertThat(entries.get(3))
        .isEqualTo(
            new AuditEntry(4, NOW, AuditEvent.of(Kind.ENROLLED, "agent-2").with("serial", 2)));
  }

  @Test
  void aLogGoesOnAfterARestartAndBesideAnotherKeeper() throws Exception {
    AuditFile one = open();
    AuditFile other = open();
    one.append(AuditEvent.of(Kind.STARTED, "one"));
    other.append(AuditEvent.of(Kind.STARTED, "other"));
    one.append(AuditEvent.of(Kind.STOPPED, "one"));
    assertThat(check()).extracting(e -> e.event().subject()).endsWith("one", "other", "one");
    assertThat(one.head().entries()).isEqualTo(4);
  }

  @Test
  void everyAlteredByteIsFound() throws Exception {
    write(2);
    byte[] whole = Files.readAllBytes(path());
    for (int i = 0; i < whole.length - 1; i++) {
      byte[] altered = whole.clone();
      altered[i] ^= 1;
      Files.write(path(), altered);
      assertThatThrownBy(this::check).as("byte %d", i).isInstanceOf(BrokenLogException.class);
    }
  }

  @Test
  void anEntryThatIsTakenOutOrSwappedOrRepeatedIsFound() throws Exception {
    write(4);
    List<String> lines = Files.readAllLines(path());
    for (int i = 0; i < lines.size() - 1; i++) {
      List<String> without = new ArrayList<>(lines);
      without.remove(i);
      Files.write(path(), without);
      assertThatThrownBy(this::check).isInstanceOf(BrokenLogException.class);
      List<String> swapped = new ArrayList<>(lines);
      Collections.swap(swapped, i, i + 1);
      Files.write(path(), swapped);
      assertThatThrownBy(this::check).isInstanceOf(BrokenLogException.class);
      List<String> repeated = new ArrayList<>(lines);
      repeated.add(i, lines.get(i));
      Files.write(path(), repeated);
      assertThatThrownBy(this::check).isInstanceOf(BrokenLogException.class);
    }
  }

  @Test
  void aChainThatSomebodyWithoutTheKeyComputedAnewIsFound() throws Exception {
    write(2);
    Files.delete(path());
    try (FleetAuthority forger = anAuthority()) {
      AuditFile.open(path(), AuditKey.of(forger), InstantSource.fixed(NOW));
    }
    assertThatThrownBy(this::check)
        .isInstanceOf(BrokenLogException.class)
        .hasMessageContaining("not trusted");
    // The same, under the keeper's name.
    AuditFile.open(path(), pretended(), InstantSource.fixed(NOW))
        .append(AuditEvent.of(Kind.REVOKED, "x"));
    Files.delete(path());
    AuditFile.open(path(), pretended(), InstantSource.fixed(NOW));
    assertThatThrownBy(this::check).hasMessageContaining("signature");
  }

  /** Says that it is the authority and signs with another key. */
  private AuditKey pretended() {
    AuditKey real = AuditKey.of(authority);
    AuditKey forged = AuditKey.of(anAuthority());
    return new AuditKey() {
      @Override
      public FleetId fleet() {
        return real.fleet();
      }

      @Override
      public Octets publicKey() {
        return real.publicKey();
      }

      @Override
      public Octets sign(byte[] statement) {
        return forged.sign(statement);
      }
    };
  }

  @Test
  void entriesThatAreCutOffShowAgainstAHeadThatWasKept() throws Exception {
    write(4);
    AuditHead head = open().head();
    assertThat(check(Optional.of(head))).hasSize(5);
    List<String> lines = Files.readAllLines(path());
    Files.write(path(), lines.subList(0, 3));
    assertThat(check()).hasSize(3);
    assertThatThrownBy(() -> check(Optional.of(head)))
        .hasMessageContaining("broken at entry 4")
        .hasMessageContaining("had 5 entries");
    open().append(AuditEvent.of(Kind.STARTED, "another history"));
    open().append(AuditEvent.of(Kind.STARTED, "another history"));
    assertThatThrownBy(() -> check(Optional.of(head))).hasMessageContaining("broken at entry 5");
  }

  @Test
  void halfAnEntryAtTheEndIsTakenOffAndNoted() throws Exception {
    write(2);
    byte[] whole = Files.readAllBytes(path());
    int lastLine = new String(whole, StandardCharsets.UTF_8).lastIndexOf('\n', whole.length - 2);
    for (int length : new int[] {lastLine + 2, lastLine + 100, whole.length - 1}) {
      Files.write(path(), Arrays.copyOf(whole, length));
      assertThat(check()).hasSize(2);
      open().append(AuditEvent.of(Kind.STARTED, "again"));
      List<AuditEntry> entries = check();
      assertThat(entries)
          .extracting(e -> e.event().kind())
          .containsExactly(Kind.LOG_BEGUN, Kind.ENROLLED, Kind.LOG_MENDED, Kind.STARTED);
      assertThat(entries.get(2).event().details())
          .containsEntry("bytes", Integer.toString(length - lastLine - 1));
    }
  }

  @Test
  void nothingIsAppendedToABrokenLog() throws Exception {
    AuditFile file = open();
    file.append(AuditEvent.of(Kind.STARTED, "a"));
    byte[] before = Files.readAllBytes(path());
    Files.write(
        path(), "what is this\n".getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
    byte[] spoiled = Files.readAllBytes(path());
    assertThatThrownBy(() -> file.append(AuditEvent.of(Kind.STOPPED, "a")))
        .hasMessageContaining("broken at entry 3");
    assertThatThrownBy(this::open).isInstanceOf(BrokenLogException.class);
    assertThat(Files.readAllBytes(path())).isEqualTo(spoiled);
    Files.write(path(), Arrays.copyOf(before, before.length - 40));
    assertThatThrownBy(() -> file.append(AuditEvent.of(Kind.STOPPED, "a")))
        .hasMessageContaining("taken off its end");
  }

  @Test
  void aLineWithoutEndIsRefusedWithinBounds() throws Exception {
    Files.write(path(), new byte[1 << 20]);
    assertThatThrownBy(this::open).hasMessageContaining("longer than any entry");
  }

  @Test
  void textsOfOthersCannotMakeALineOfTheirOwn() throws Exception {
    AuditFile file = open();
    file.append(AuditEvent.of(Kind.VERSION_REFUSED_BY_AGENT, "a\nb\u2028\"}").with("x\n", "\r{"));
    assertThat(check().get(1).event())
        .isEqualTo(AuditEvent.of(Kind.VERSION_REFUSED_BY_AGENT, "a b \"}").with("x ", " {"));
    assertThat(Files.readAllLines(path())).hasSize(2);
  }

  @Test
  void aTrailWritesInOrderFromManyThreads() throws Exception {
    int each = 50;
    try (AuditTrail trail = new AuditTrail(open())) {
      List<CompletableFuture<Void>> tellers = new ArrayList<>();
      for (int teller = 0; teller < 4; teller++) {
        String name = "t" + teller;
        tellers.add(
            CompletableFuture.runAsync(
                () -> {
                  for (int i = 0; i < each; i++) {
                    trail.record(AuditEvent.of(Kind.ENROLLED, name).with("i", i));
                  }
                }));
      }
      tellers.forEach(CompletableFuture::join);
    }
    List<AuditEntry> entries = check();
    assertThat(entries).hasSize(1 + 4 * each);
    for (int teller = 0; teller < 4; teller++) {
      String name = "t" + teller;
      assertThat(entries.stream().filter(e -> e.event().subject().equals(name)))
          .extracting(e -> Integer.parseInt(e.event().details().getOrDefault("i", "-1")))
          .isSorted()
          .hasSize(each);
    }
  }

  @Test
  void whatCouldNotBeWrittenIsCountedInTheLog() throws Exception {
    AuditFile file = open();
    Path aside = directory.resolve("aside");
    Files.move(path(), aside);
    // A directory in its place: no file can be opened there.
    Files.createDirectory(path());
    try (AuditTrail trail = new AuditTrail(file)) {
      trail.record(AuditEvent.of(Kind.STARTED, "lost"));
      while (trail.lost() == 0) {
        Thread.onSpinWait();
      }
      Files.delete(path());
      Files.move(aside, path());
    }
    assertThat(check())
        .extracting(AuditEntry::event)
        .endsWith(AuditEvent.of(Kind.ENTRIES_LOST, "").with("count", 1));
  }

  @Test
  void headsAreReadAsTheyArePrinted() throws Exception {
    write(1);
    AuditHead head = open().head();
    assertThat(AuditHead.parse(head.toString())).isEqualTo(head);
    assertThatThrownBy(() -> AuditHead.parse("3:abc")).hasMessageContaining("64 hex digits");
  }
}
