package io.covey.crypto.envelope;

import io.covey.crypto.primitive.Canonical;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import java.util.List;

/**
 * What a content key is for; a wrapped key opens with the same binding and no other.
 *
 * @param sealed digest of the sealed file, or of {@link #digestOf several}
 */
public record ContentBinding(FleetId fleet, ModelName model, ModelVersion version, Sha256 sealed) {

  /**
   * One digest for the sealed files of a version.
   *
   * @param files digest of each sealed file, in the order in which the release lists them
   */
  public static Sha256 digestOf(List<Sha256> files) {
    Canonical all = new Canonical("covey/v1/sealed-files").number(files.size());
    files.forEach(file -> all.text(file.hex()));
    return Sha256.fromBytes(all.digest().toBytes());
  }

  /** Appends all of it. */
  Canonical appendTo(Canonical statement) {
    return statement
        .text(fleet.value())
        .text(model.value())
        .number(version.number())
        .text(sealed.hex());
  }
}
