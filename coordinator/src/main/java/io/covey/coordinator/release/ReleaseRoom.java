package io.covey.coordinator.release;

import io.covey.coordinator.registry.ModelRecord;
import io.covey.coordinator.registry.ModelStore;
import io.covey.crypto.envelope.FileRole;
import io.covey.crypto.envelope.SealedFile;
import io.covey.crypto.envelope.SealedLayout;
import io.covey.crypto.release.Audience;
import io.covey.crypto.release.DocumentHeader;
import io.covey.crypto.release.Release;
import io.covey.crypto.release.SignedDocument;
import io.covey.crypto.release.TargetsDocument;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.Limits;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Whether the documents have room for one more model, or for a longer list of devices: each fits
 * into one message, and one that did not would keep everything else from being released too. Asked
 * before a model is registered, and of whoever takes room; a fleet has one. Blocks; any thread.
 */
public final class ReleaseRoom {
  /** For signatures, and for the delegations of the top document. */
  private static final int RESERVED_BYTES = 24 * 1024;

  private static final int MOST_BYTES = SignedDocument.MAXIMUM_ENCODED_BYTES - RESERVED_BYTES;

  private static final DocumentHeader LONGEST_HEADER =
      new DocumentHeader(new FleetId("f".repeat(64)), 1, 0, 1);

  private final ReleaseStore releases;
  private final ModelStore models;

  public ReleaseRoom(ReleaseStore releases, ModelStore models) {
    this.releases = releases;
    this.models = models;
  }

  /** Why a model cannot be released to these devices beside the others; empty if it can. */
  public synchronized Optional<String> objection(ModelName model, Audience audience) {
    SortedMap<ModelName, Audience> before = new TreeMap<>();
    models.models().stream()
        .map(ModelRecord::name)
        .forEach(name -> before.put(name, releases.audience(name)));
    SortedMap<ModelName, Audience> after = new TreeMap<>(before);
    after.put(model, audience);
    return objection(DocumentMaker.delegated(releases.documents()), before, after);
  }

  /**
   * Does what takes the room, if there is any; nobody else takes room meanwhile.
   *
   * @return why there is none, in which case nothing was done; otherwise empty
   */
  public synchronized Optional<String> take(ModelName model, Audience audience, Runnable taking) {
    Optional<String> objection = objection(model, audience);
    if (objection.isEmpty()) {
      taking.run();
    }
    return objection;
  }

  /** While this runs, nobody takes room. */
  synchronized <T> T whileNoneIsTaken(Supplier<T> work) {
    return work.get();
  }

  /**
   * Of the documents that would be others than they are, one that would be too long. Those that are
   * as before are no reason to refuse anything.
   *
   * @param delegated families that have a document of their own already
   */
  static Optional<String> objection(
      List<ModelName> delegated,
      SortedMap<ModelName, Audience> before,
      SortedMap<ModelName, Audience> after) {
    Map<String, List<Release>> now = documents(delegated, before);
    return documents(delegated, after).entrySet().stream()
        .filter(document -> !document.getValue().equals(now.get(document.getKey())))
        .filter(document -> !fits(document.getKey(), document.getValue()))
        .findFirst()
        .map(document -> objection(document.getKey(), document.getValue().size()));
  }

  private static Map<String, List<Release>> documents(
      List<ModelName> delegated, SortedMap<ModelName, Audience> audiences) {
    List<Release> all =
        audiences.entrySet().stream()
            .map(entry -> longest(entry.getKey(), entry.getValue()))
            .toList();
    return new Families(delegated, all).byDocument(all);
  }

  private static String objection(String document, int listed) {
    String whose =
        document.equals(TargetsDocument.TOP)
            ? "that share a document, since there is none left for their families"
            : "of family " + document;
    return ("the %d models %s, with the devices that they are for, are more than one signed"
            + " document holds: name fewer devices, by groups or hardware, or give the model a name"
            + " that begins otherwise")
        .formatted(listed, whose);
  }

  private static boolean fits(String document, List<Release> listed) {
    return listed.size() <= TargetsDocument.MOST_RELEASES
        && new TargetsDocument(LONGEST_HEADER, document, List.of(), listed).encode().length()
            <= MOST_BYTES;
  }

  /** A release with every file that there can be; numbers all take the same room. */
  private static Release longest(ModelName model, Audience audience) {
    SealedFile file =
        new SealedFile(
            Sha256.of(new byte[0]),
            Limits.ARTIFACT_BYTES,
            Sha256.of(new byte[0]),
            SealedLayout.of(Limits.ARTIFACT_BYTES).sealedBytes());
    SortedMap<FileRole, SealedFile> files = new TreeMap<>();
    for (FileRole role : FileRole.values()) {
      files.put(role, file);
    }
    return new Release(model, new ModelVersion(1), 1, files, audience, 0, 0);
  }
}
