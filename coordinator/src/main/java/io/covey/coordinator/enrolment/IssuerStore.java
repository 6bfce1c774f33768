package io.covey.coordinator.enrolment;

import io.covey.crypto.identity.FleetAuthority;
import io.covey.crypto.identity.IdentityFileException;
import io.covey.crypto.identity.IdentityFiles;
import io.covey.crypto.identity.KeyDocument;
import io.covey.crypto.identity.OwnerOnlyFiles;
import io.covey.crypto.identity.OwnerOnlyFiles.Access;
import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.SerialNumber;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an issuing authority remembers, in files beside its key: join tokens by the hash of their
 * secret, who has used them, every enrolment, and the newest revocation list. Several processes may
 * use one directory: what must happen once is a file that can be made once, and the rest is done
 * under a lock.
 *
 * <p>All methods may block. Thread-safe.
 */
public final class IssuerStore {
  /** Public, signed: the newest revocation list. */
  public static final String REVOCATIONS = "revocations.list";

  private static final String LEDGER = "enrolments.log";
  private static final String LOCK = "issuer.lock";
  private static final String TOKENS = "tokens";
  private static final String USED_TOKENS = "used-tokens";

  /**
   * That count at a time, for the same keys. A device renews when two thirds of the last are over,
   * and tries again when an answer was lost: it has few. Without a bound, one could fill the
   * ledger, and the revocation list when it is revoked.
   */
  static final int CERTIFICATES_OF_DEVICE = 16;

  private static final KeyDocument.Kind TOKEN_KIND =
      new KeyDocument.Kind("covey-join-token", List.of("agent", "expires-at"), List.of());
  private static final KeyDocument.Kind USED_KIND =
      new KeyDocument.Kind("covey-used-join-token", List.of("keys"), List.of());

  private static final Logger LOG = LoggerFactory.getLogger(IssuerStore.class);

  private final Path directory;

  /** A token that was given out. */
  public record IssuedToken(AgentId agent, Instant expiry) {}

  /** What comes before an enrolment is taken note of. */
  interface Granting {
    void note() throws IOException;
  }

  /** A change of the ledger or of the revocation list. */
  private interface Locked<T> {
    T run() throws IOException;
  }

  public IssuerStore(Path directory) {
    this.directory = directory;
  }

  /** Takes note of a token. */
  public void add(Octets secretHash, IssuedToken token) throws IOException {
    OwnerOnlyFiles.makeDirectory(directory.resolve(TOKENS));
    IdentityFiles.create(
        file(TOKENS, secretHash),
        Access.SECRET,
        new KeyDocument(TOKEN_KIND)
            .with("agent", token.agent().value())
            .with("expires-at", Long.toString(token.expiry().getEpochSecond())));
  }

  /** The token whose secret has this hash. */
  public Optional<IssuedToken> token(Octets secretHash) throws IOException {
    Path file = file(TOKENS, secretHash);
    return Files.exists(file) ? Optional.of(tokenIn(file)) : Optional.empty();
  }

  private static IssuedToken tokenIn(Path file) throws IOException {
    return IdentityFiles.read(
        file,
        Access.SECRET,
        TOKEN_KIND,
        document ->
            new IssuedToken(
                new AgentId(document.text("agent")),
                Instant.ofEpochSecond(Long.parseLong(document.text("expires-at")))));
  }

  /**
   * Removes the tokens that expired before {@code time}, and then who used them: a token that is
   * still there remains used. A file that is no token is left alone.
   *
   * @return how many tokens
   */
  public int removeTokensBefore(Instant time) throws IOException {
    int removed = 0;
    for (Path file : filesOf(TOKENS)) {
      if (hasEnded(file, time)) {
        Files.deleteIfExists(file);
        removed++;
      }
    }
    for (Path used : filesOf(USED_TOKENS)) {
      if (!Files.exists(directory.resolve(TOKENS).resolve(used.getFileName()))) {
        Files.deleteIfExists(used);
      }
    }
    return removed;
  }

  private static boolean hasEnded(Path file, Instant time) {
    try {
      return tokenIn(file).expiry().isBefore(time);
    } catch (IOException e) {
      LOG.warn("{} is no join token: {}", file, e.getMessage());
      return false;
    }
  }

  private List<Path> filesOf(String folder) throws IOException {
    Path all = directory.resolve(folder);
    if (!Files.exists(all)) {
      return List.of();
    }
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(all, "*.json")) {
      found.forEach(files::add);
    }
    return files;
  }

  /**
   * Uses a token up for these keys. The same keys may come again: the answer to the first time may
   * have been lost on its way.
   *
   * @return false if it was used up by others
   */
  public boolean use(Octets secretHash, Octets keys) throws IOException {
    OwnerOnlyFiles.makeDirectory(directory.resolve(USED_TOKENS));
    Path file = file(USED_TOKENS, secretHash);
    if (!Files.exists(file)) {
      try {
        KeyDocument used = new KeyDocument(USED_KIND).with("keys", keys);
        IdentityFiles.create(file, Access.SECRET, used);
        return true;
      } catch (IdentityFileException e) {
        // Somebody was faster, and is in the file now. Otherwise the next line says what is wrong.
        return usedBy(file).equals(keys);
      }
    }
    return usedBy(file).equals(keys);
  }

  private static Octets usedBy(Path file) throws IOException {
    return IdentityFiles.read(file, Access.SECRET, USED_KIND, document -> document.octets("keys"));
  }

  private Path file(String folder, Octets hash) {
    return directory.resolve(folder).resolve(hash.toHex() + ".json");
  }

  /**
   * Takes note of an enrolment, on the disk, before its certificates are given out; unless these
   * keys are out, or have certificates in plenty. No revocation happens meanwhile: one that came
   * before is heeded here, and one that comes after finds the enrolment.
   *
   * @param granted called before it is taken note of, and not if it is refused
   * @return why it is refused
   */
  Optional<Refusal> record(LedgerEntry entry, Instant now, Granting granted) throws IOException {
    return locked(
        () -> {
          List<LedgerEntry> counting =
              enrolments(e -> isOfSameDevice(e, entry) && !e.validity().hasEnded(now));
          Optional<RevocationList> list = revocations();
          if (counting.stream()
              .anyMatch(e -> list.filter(l -> l.contains(e.serial())).isPresent())) {
            return Optional.of(Refusal.REVOKED);
          }
          if (counting.size() >= CERTIFICATES_OF_DEVICE) {
            return Optional.of(Refusal.TOO_MANY);
          }
          granted.note();
          append(entry);
          return Optional.empty();
        });
  }

  private static boolean isOfSameDevice(LedgerEntry one, LedgerEntry other) {
    return one.agent().equals(other.agent()) && one.keys().equals(other.keys());
  }

  private void append(LedgerEntry entry) throws IOException {
    try (FileChannel ledger =
        FileChannel.open(
            directory.resolve(LEDGER),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      long end = endOfLastLine(ledger);
      if (end < ledger.size()) {
        LOG.warn("the ledger's last line was cut by a crash, and is taken out");
        ledger.truncate(end);
      }
      ledger.position(end);
      ByteBuffer line =
          ByteBuffer.wrap((entry.toLine() + "\n").getBytes(StandardCharsets.US_ASCII));
      while (line.hasRemaining()) {
        ledger.write(line);
      }
      ledger.force(true);
    }
  }

  private static long endOfLastLine(FileChannel ledger) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    long end = ledger.size();
    while (end > 0) {
      ledger.read(last.clear(), end - 1);
      if (last.get(0) == '\n') {
        return end;
      }
      end--;
    }
    return end;
  }

  /**
   * All enrolments that any of {@code wanted} holds for, in their order. A last line that a crash
   * has cut is left out: its certificates were never given out.
   */
  public List<LedgerEntry> enrolments(Predicate<LedgerEntry> wanted) throws IOException {
    Path ledger = directory.resolve(LEDGER);
    if (!Files.exists(ledger)) {
      return List.of();
    }
    List<LedgerEntry> found = new ArrayList<>();
    String content = Files.readString(ledger, StandardCharsets.US_ASCII);
    for (int from = 0, to = content.indexOf('\n'); to >= 0; to = content.indexOf('\n', from)) {
      LedgerEntry entry = entry(ledger, content.substring(from, to));
      if (wanted.test(entry)) {
        found.add(entry);
      }
      from = to + 1;
    }
    return found;
  }

  /** Bytes of what is known of enrolments: grows with each of them. */
  public long enrolmentBytes() throws IOException {
    Path ledger = directory.resolve(LEDGER);
    return Files.exists(ledger) ? Files.size(ledger) : 0;
  }

  private static LedgerEntry entry(Path ledger, String line) throws IdentityFileException {
    try {
      return LedgerEntry.parse(line);
    } catch (IllegalArgumentException e) {
      throw new IdentityFileException(
          ledger, "has a line that is none (" + e.getMessage() + "); restore it from a copy");
    }
  }

  /** The newest list; empty while nothing was ever revoked. */
  public Optional<RevocationList> revocations() throws IOException {
    return readRevocations(directory.resolve(REVOCATIONS));
  }

  /** A list in a file, not verified; empty when there is no file. */
  public static Optional<RevocationList> readRevocations(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    if (Files.size(file) > RevocationList.MAXIMUM_ENCODED_BYTES) {
      throw new IdentityFileException(file, "is too long for a revocation list");
    }
    return Optional.of(
        RevocationList.decode(Octets.owning(Files.readAllBytes(file)))
            .orElseThrow(() -> new IdentityFileException(file, "is not a revocation list")));
  }

  /**
   * Revokes all enrolments for which {@code condemned} holds and that have not ended, and signs a
   * new list, also if there are none: a fresh list says that nothing is new.
   *
   * @return the new list
   */
  public RevocationList revoke(
      FleetAuthority authority, Predicate<LedgerEntry> condemned, Instant now) throws IOException {
    return locked(
        () -> {
          RevocationList.Content before = newestOrNone(authority.fleet(), now);
          TreeSet<SerialNumber> serials = new TreeSet<>();
          Predicate<LedgerEntry> listed = entry -> before.serials().contains(entry.serial());
          for (LedgerEntry entry : enrolments(listed.or(condemned))) {
            if (!entry.validity().hasEnded(now)) {
              serials.add(entry.serial());
            }
          }
          RevocationList list = authority.revoke(before.next(now, List.copyOf(serials)));
          OwnerOnlyFiles.replace(
              directory.resolve(REVOCATIONS), list.encode().toBytes(), Access.PUBLIC);
          return list;
        });
  }

  private RevocationList.Content newestOrNone(FleetId fleet, Instant now) throws IOException {
    Optional<RevocationList> newest = revocations();
    return newest.isPresent() ? newest.get().content() : RevocationList.none(fleet, now);
  }

  private synchronized <T> T locked(Locked<T> action) throws IOException {
    try (FileChannel lock =
            FileChannel.open(
                directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var held = lock.lock()) {
      if (!held.isValid()) {
        throw new IOException("the lock of " + directory + " was lost");
      }
      return action.run();
    }
  }
}
