package io.covey.crypto.release;

import io.covey.crypto.envelope.ContentBinding;
import io.covey.crypto.envelope.FileRole;
import io.covey.crypto.envelope.SealedFile;
import io.covey.crypto.primitive.Canonical;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * One version of a model for some devices, with everything that has to be there before it serves.
 *
 * @param counter 1 or more; a device takes no release of a model with a lower one than it has
 *     taken. To go back on purpose is a release of its own, with a higher counter and the files of
 *     an older version
 * @param files by role; sample inputs and expected outputs come together or not at all
 * @param keyEpoch of the group's key that the content key is wrapped under; 0 if it is wrapped for
 *     each device
 * @param tolerance how far an output may be from the expected one, 0 or more, in the units of
 *     {@code io.covey.models.samples.ExpectedOutputs}
 */
public record Release(
    ModelName model,
    ModelVersion version,
    long counter,
    SortedMap<FileRole, SealedFile> files,
    Audience audience,
    long keyEpoch,
    double tolerance) {

  public Release {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    if (counter < 1 || keyEpoch < 0) {
      throw new IllegalArgumentException(
          "counter %d and key epoch %d, expected 1 and 0 or more".formatted(counter, keyEpoch));
    }
    if (!files.containsKey(FileRole.GRAPH) && !files.containsKey(FileRole.SERVING)) {
      throw new IllegalArgumentException("no graph and nothing to serve, expected one of them");
    }
    if (files.containsKey(FileRole.SAMPLE_INPUTS) != files.containsKey(FileRole.EXPECTED_OUTPUTS)) {
      throw new IllegalArgumentException(
          "sample inputs or expected outputs alone, expected both or neither");
    }
    // Written so that NaN is refused.
    if (!(tolerance >= 0 && tolerance < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("tolerance " + tolerance + ", expected 0 or more");
    }
  }

  /** What is not there yet: a release serves when nothing is. */
  public List<FileRole> missing(Predicate<SealedFile> isHeld) {
    return files.entrySet().stream()
        .filter(file -> !isHeld.test(file.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** What the content key of this release is wrapped for. */
  public ContentBinding binding(FleetId fleet) {
    List<Sha256> sealed = files.values().stream().map(SealedFile::sealed).toList();
    return new ContentBinding(fleet, model, version, ContentBinding.digestOf(sealed));
  }

  Canonical appendTo(Canonical statement) {
    statement.text(model.value()).number(version.number()).number(counter).number(files.size());
    files.forEach(
        (role, file) ->
            statement
                .number(role.code())
                .text(file.plaintext().hex())
                .number(file.plaintextBytes())
                .text(file.sealed().hex())
                .number(file.sealedBytes()));
    return audience.appendTo(statement).number(keyEpoch).real(tolerance);
  }

  static Release read(Fields fields) throws MalformedReleaseException {
    return new Release(
        new ModelName(fields.text()),
        new ModelVersion(fields.number(1, Integer.MAX_VALUE)),
        fields.number(),
        readFiles(fields),
        Audience.read(fields),
        fields.number(),
        fields.real());
  }

  private static SortedMap<FileRole, SealedFile> readFiles(Fields fields)
      throws MalformedReleaseException {
    SortedMap<FileRole, SealedFile> files = new TreeMap<>();
    int count = fields.number(1, FileRole.values().length);
    for (int i = 0; i < count; i++) {
      FileRole role = FileRole.ofCode(fields.number());
      SealedFile file =
          new SealedFile(fields.digest(), fields.number(), fields.digest(), fields.number());
      if (files.put(role, file) != null) {
        throw new MalformedReleaseException("two files of role " + role);
      }
    }
    return files;
  }
}
