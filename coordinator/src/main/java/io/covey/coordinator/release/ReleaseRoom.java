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
import java.util.stream.Collectors;

/**
 * Whether the documents have room for one more model, or for a longer list of devices: each fits
 * into one message, and one that did not would keep everything else from being released too. Asked
 * before a model is registered. Blocks; any thread.
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
  public Optional<String> objection(ModelName model, Audience audience) {
    Map<ModelName, Release> all =
        models.models().stream()
            .map(ModelRecord::name)
            .collect(
                Collectors.toMap(
                    name -> name,
                    name -> longest(name, releases.audience(name)),
                    (one, other) -> one,
                    TreeMap::new));
    all.put(model, longest(model, audience));
    return new Families(List.of(), all.values())
        .byDocument(all.values()).values().stream()
            .filter(listed -> listed.contains(all.get(model)))
            .filter(listed -> !fits(model, listed))
            .findFirst()
            .map(listed -> objection(model, listed.size()));
  }

  private static String objection(ModelName model, int listed) {
    return ("the %d models of family %s, with the devices that they are for, are more than one"
            + " signed document holds: name fewer devices, by groups or hardware, or give the"
            + " model a name that begins otherwise")
        .formatted(listed, Families.familyOf(model));
  }

  private static boolean fits(ModelName model, List<Release> listed) {
    return listed.size() <= TargetsDocument.MOST_RELEASES
        && new TargetsDocument(LONGEST_HEADER, model.value(), List.of(), listed).encode().length()
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
