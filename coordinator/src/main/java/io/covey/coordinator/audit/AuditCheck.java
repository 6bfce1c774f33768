package io.covey.coordinator.audit;

import io.covey.coordinator.audit.AuditEvent.Kind;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads a log from its beginning and checks each entry: its number, its place in the chain, and its
 * signature. Changes nothing, and takes no lock: of a log in use it may find half an entry at the
 * end, which is not counted.
 */
public final class AuditCheck {
  /** The detail of the first entry that has the keeper's key, in hex. */
  static final String KEY = "key";

  private final Signer signer;
  private final Set<Octets> trusted;
  private final Optional<AuditHead> expected;

  /**
   * What a log holds that is unbroken.
   *
   * @param key Ed25519; signed all entries
   * @param isKeyTrusted whether it is one of those that were given
   */
  public record Report(
      AuditHead head,
      Optional<Instant> first,
      Optional<Instant> last,
      Octets key,
      boolean isKeyTrusted) {}

  /**
   * @param trusted keys of whom the log may be; empty to take the log's word for it
   * @param expected a head that the log had once; empty if none was kept
   */
  public AuditCheck(Signer signer, Set<Octets> trusted, Optional<AuditHead> expected) {
    this.signer = signer;
    this.trusted = Set.copyOf(trusted);
    this.expected = expected;
  }

  /**
   * Checks all of a log.
   *
   * @param each is given every entry that was found right, in order
   * @throws BrokenLogException that says where the first is that is not
   * @throws IOException if the file cannot be read
   */
  public Report run(Path path, Consumer<AuditEntry> each) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      AuditReader reader = new AuditReader(path, channel, 0, AuditHead.NONE);
      Progress progress = new Progress(path);
      while (reader.next()) {
        each.accept(progress.take(reader.line()));
      }
      return progress.end();
    }
  }

  private final class Progress {
    private final Path path;
    private AuditHead head = AuditHead.NONE;
    private Octets key = AuditLine.BEGINNING;
    private Optional<Instant> first = Optional.empty();
    private Optional<Instant> last = Optional.empty();

    Progress(Path path) {
      this.path = path;
    }

    AuditEntry take(AuditLine line) throws BrokenLogException {
      if (!line.follows(head.digest())) {
        throw broken("it does not follow from the entry before");
      }
      AuditEntry entry = entry(line);
      if (entry.number() != head.entries() + 1) {
        throw broken("it says that it is entry " + entry.number());
      }
      if (head.entries() == 0) {
        key = keyIn(entry);
      }
      if (!line.isSignedBy(key, signer)) {
        throw broken("its signature is not by the log's key");
      }
      head = head.with(line);
      if (expected.isPresent()
          && expected.get().entries() == head.entries()
          && !expected.get().equals(head)) {
        throw new BrokenLogException(
            path, head.entries(), "up to it the log is another than the one that was expected");
      }
      first = first.or(() -> Optional.of(entry.at()));
      last = Optional.of(entry.at());
      return entry;
    }

    private AuditEntry entry(AuditLine line) throws BrokenLogException {
      try {
        return line.entry();
      } catch (IllegalArgumentException e) {
        throw broken(String.valueOf(e.getMessage()));
      }
    }

    private Octets keyIn(AuditEntry beginning) throws BrokenLogException {
      String hex = beginning.event().details().getOrDefault(KEY, "");
      if (beginning.event().kind() != Kind.LOG_BEGUN || !hex.matches("[0-9a-f]{64}")) {
        throw broken("it does not say whose log it is");
      }
      Octets found = Octets.ofHex(hex);
      if (!trusted.isEmpty() && !trusted.contains(found)) {
        throw broken("the log was kept with a key that is not trusted, " + hex);
      }
      return found;
    }

    Report end() throws BrokenLogException {
      if (head.entries() == 0) {
        throw broken("there is none");
      }
      if (expected.isPresent() && expected.get().entries() > head.entries()) {
        throw broken(
            "the log ends before it, but had %d entries".formatted(expected.get().entries()));
      }
      return new Report(head, first, last, key, !trusted.isEmpty());
    }

    private BrokenLogException broken(String why) {
      return new BrokenLogException(path, head.entries() + 1, why);
    }
  }
}
