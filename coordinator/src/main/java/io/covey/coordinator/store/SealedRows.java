package io.covey.coordinator.store;

import io.covey.coordinator.registry.SealedVersion;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Difference;
import io.covey.protocols.message.ArtifactReference.Role;
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
              plaintext, plaintext_bytes, key_version, difference_base, difference_digest,
              difference_bytes, difference_plaintext, difference_plaintext_bytes)
            VALUES (:model, :version, :ordinal, :role, :digest, :lengthBytes, :plaintext,
              :plaintextBytes, :keyVersion, :differenceBase, :differenceDigest,
              :differenceBytes, :differencePlaintext, :differencePlaintextBytes)
            """);
    for (int i = 0; i < sealed.artifacts().size(); i++) {
      ArtifactReference artifact = sealed.artifacts().get(i);
      Sealing sealing = artifact.sealing().orElseThrow();
      Optional<ArtifactReference> difference = artifact.difference().map(Difference::file);
      Optional<Sealing> under = difference.flatMap(ArtifactReference::sealing);
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
          .bind("differenceBase", artifact.difference().map(to -> to.base().hex()))
          .bind("differenceDigest", difference.map(file -> file.digest().hex()))
          .bind("differenceBytes", difference.map(ArtifactReference::lengthBytes))
          .bind("differencePlaintext", under.map(plain -> plain.plaintext().hex()))
          .bind("differencePlaintextBytes", under.map(Sealing::plaintextBytes))
          .add();
    }
    batch.execute();
  }

  /** Of one row. */
  static ArtifactReference artifact(ResultSet row) throws SQLException {
    Role role = Role.valueOf(row.getString("role"));
    ArtifactReference file = file(row, role, Columns.FILE);
    String base = row.getString("difference_base");
    return base == null
        ? file
        : file.with(
            new Difference(
                new Sha256(base),
                file(row, role.ofDifference().orElseThrow(), Columns.DIFFERENCE)));
  }

  /** Where a row says what a file is. */
  private record Columns(String digest, String bytes, String plaintext, String plaintextBytes) {
    static final Columns FILE =
        new Columns("digest", "length_bytes", "plaintext", "plaintext_bytes");
    static final Columns DIFFERENCE =
        new Columns(
            "difference_digest",
            "difference_bytes",
            "difference_plaintext",
            "difference_plaintext_bytes");
  }

  private static ArtifactReference file(ResultSet row, Role role, Columns columns)
      throws SQLException {
    return new ArtifactReference(
        role,
        new Sha256(row.getString(columns.digest())),
        row.getLong(columns.bytes()),
        Limits.CHUNK_CONTENT_BYTES,
        Optional.of(
            new Sealing(
                new Sha256(row.getString(columns.plaintext())),
                row.getLong(columns.plaintextBytes()),
                new ModelVersion(row.getInt("key_version")))));
  }

  /** Of a version that names its files. */
  static Optional<SealedVersion> sealed(ResultSet row, List<ArtifactReference> artifacts)
      throws SQLException {
    return Optional.ofNullable(row.getString("sealed_files"))
        .map(files -> new SealedVersion(new Sha256(files), artifacts));
  }
}
