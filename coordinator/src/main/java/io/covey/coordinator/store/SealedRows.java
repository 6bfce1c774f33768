package io.covey.coordinator.store;

import io.covey.coordinator.registry.SealedVersion;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Sealing;
import io.covey.protocols.message.Limits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** The sealed files of versions in the table {@code sealed_artifact}. */
final class SealedRows {
  private SealedRows() {}

  /** Beside a version that is there. */
  static void insert(Handle handle, ModelName model, ModelVersion version, SealedVersion sealed) {
    PreparedBatch batch =
        handle.prepareBatch(
            """
            INSERT INTO sealed_artifact (model, version, ordinal, role, digest, length_bytes,
              plaintext, plaintext_bytes, key_version)
            VALUES (:model, :version, :ordinal, :role, :digest, :lengthBytes, :plaintext,
              :plaintextBytes, :keyVersion)
            """);
    for (int i = 0; i < sealed.artifacts().size(); i++) {
      ArtifactReference artifact = sealed.artifacts().get(i);
      Sealing sealing = artifact.sealing().orElseThrow();
      batch
          .bind("model", model.value())
          .bind("version", version.number())
          .bind("ordinal", i)
          .bind("role", artifact.role().name())
          .bind("digest", artifact.digest().hex())
          .bind("lengthBytes", artifact.lengthBytes())
          .bind("plaintext", sealing.plaintext().hex())
          .bind("plaintextBytes", sealing.plaintextBytes())
          .bind("keyVersion", sealing.keyVersion().number())
          .add();
    }
    batch.execute();
  }

  /** Of one row. */
  static ArtifactReference artifact(ResultSet row) throws SQLException {
    return new ArtifactReference(
        ArtifactReference.Role.valueOf(row.getString("role")),
        new Sha256(row.getString("digest")),
        row.getLong("length_bytes"),
        Limits.CHUNK_CONTENT_BYTES,
        Optional.of(
            new Sealing(
                new Sha256(row.getString("plaintext")),
                row.getLong("plaintext_bytes"),
                new ModelVersion(row.getInt("key_version")))));
  }

  /** Of a version that names its files. */
  static Optional<SealedVersion> sealed(ResultSet row, List<ArtifactReference> artifacts)
      throws SQLException {
    return Optional.ofNullable(row.getString("sealed_files"))
        .map(files -> new SealedVersion(new Sha256(files), artifacts));
  }
}
