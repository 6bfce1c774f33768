package io.covey.crypto.envelope;

import io.covey.crypto.primitive.Canonical;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;

/**
 * Which file it is: a sealed file opens as this one and as no other, whatever it is stored or sent
 * as.
 */
public record ModelFile(FleetId fleet, ModelName model, ModelVersion version, FileRole role) {
  private static final String LABEL = "covey/v1/model-file-key";

  /** What the file's key is derived for. */
  byte[] associatedData() {
    return new Canonical(LABEL)
        .text(fleet.value())
        .text(model.value())
        .number(version.number())
        .number(role.code())
        .toBytes();
  }
}
