package io.covey.coordinator.store;

import com.fasterxml.jackson.core.type.TypeReference;
import io.covey.coordinator.registry.HeldOutEvaluation;
import io.covey.coordinator.registry.SealedVersion;
import io.covey.coordinator.registry.ServingReport;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;

/** Versions with their artifacts: two tables, one record. */
final class VersionRows {
  private static final TypeReference<ServingReport> SERVING_REPORT = new TypeReference<>() {};

  private VersionRows() {}

  static void insert(Handle handle, VersionRecord version) {
    Optional<HeldOutEvaluation> evaluation = version.evaluation();
    handle
        .createUpdate(
            """
            INSERT INTO model_version (model, version, created_at, round, optimizer_state,
              held_out_loss, held_out_accuracy, held_out_examples, released, serving_report,
              sealed_files)
            VALUES (:model, :version, :createdAt, :round, :optimizerState, :loss, :accuracy,
              :examples, :released, :report, :sealedFiles)
            """)
        .bind("model", version.model().value())
        .bind("version", version.version().number())
        .bind("createdAt", Rows.timestamp(version.createdAt()))
        .bind("round", version.round().map(RoundId::value))
        .bind("optimizerState", version.optimizerState().map(Sha256::hex))
        .bind("loss", evaluation.map(HeldOutEvaluation::meanLoss))
        .bind("accuracy", evaluation.map(HeldOutEvaluation::accuracy))
        .bind("examples", evaluation.map(HeldOutEvaluation::examples))
        .bind("released", version.isReleased())
        .bind("report", version.serving().map(StoredJson::write))
        .bind("sealedFiles", version.sealed().map(made -> made.files().hex()))
        .execute();
    insertArtifacts(handle, version);
    version
        .sealed()
        .ifPresent(made -> SealedRows.insert(handle, version.model(), version.version(), made));
    if (version.isReleased()) {
      JdbiReleaseStore.release(handle, version);
    }
  }

  private static void insertArtifacts(Handle handle, VersionRecord version) {
    if (version.artifacts().isEmpty()) {
      return;
    }
    PreparedBatch batch =
        handle.prepareBatch(
            """
            INSERT INTO version_artifact (model, version, ordinal, role, digest, length_bytes,
              chunk_size_bytes)
            VALUES (:model, :version, :ordinal, :role, :digest, :lengthBytes, :chunkSizeBytes)
            """);
    for (int i = 0; i < version.artifacts().size(); i++) {
      ArtifactReference artifact = version.artifacts().get(i);
      batch
          .bind("model", version.model().value())
          .bind("version", version.version().number())
          .bind("ordinal", i)
          .bind("role", artifact.role().name())
          .bind("digest", artifact.digest().hex())
          .bind("lengthBytes", artifact.lengthBytes())
          .bind("chunkSizeBytes", artifact.chunkSizeBytes())
          .add();
    }
    batch.execute();
  }

  /** Answers false when there is no such version. */
  static boolean setEvaluation(
      Handle handle, ModelName model, ModelVersion version, HeldOutEvaluation evaluation) {
    return handle
            .createUpdate(
                """
                UPDATE model_version SET held_out_loss = :loss, held_out_accuracy = :accuracy,
                  held_out_examples = :examples
                WHERE model = :model AND version = :version
                """)
            .bind("loss", evaluation.meanLoss())
            .bind("accuracy", evaluation.accuracy())
            .bind("examples", evaluation.examples())
            .bind("model", model.value())
            .bind("version", version.number())
            .execute()
        == 1;
  }

  /** Answers false when there is no such version, or it is sealed already. */
  static boolean setSealed(
      Handle handle, ModelName model, ModelVersion version, SealedVersion sealed) {
    boolean updated =
        handle
                .createUpdate(
                    "UPDATE model_version SET sealed_files = :files WHERE model = :model"
                        + " AND version = :version AND sealed_files IS NULL")
                .bind("files", sealed.files().hex())
                .bind("model", model.value())
                .bind("version", version.number())
                .execute()
            == 1;
    if (updated) {
      SealedRows.insert(handle, model, version, sealed);
    }
    return updated;
  }

  /** The newest first. */
  static List<VersionRecord> all(Handle handle, ModelName model) {
    return select(handle, model, "TRUE", query -> {});
  }

  static Optional<VersionRecord> one(Handle handle, ModelName model, ModelVersion version) {
    return select(
            handle, model, "version = :version", query -> query.bind("version", version.number()))
        .stream()
        .findFirst();
  }

  static Optional<VersionRecord> newest(Handle handle, ModelName model) {
    return select(
            handle,
            model,
            "version = (SELECT MAX(version) FROM model_version WHERE model = :model)",
            query -> {})
        .stream()
        .findFirst();
  }

  static Optional<VersionRecord> newestReleased(Handle handle, ModelName model) {
    return select(
            handle,
            model,
            "version = (SELECT MAX(version) FROM model_version WHERE model = :model AND released)",
            query -> {})
        .stream()
        .findFirst();
  }

  private static List<VersionRecord> select(
      Handle handle, ModelName model, String condition, Consumer<Query> parameters) {
    Map<Integer, List<ArtifactReference>> plain =
        artifacts(handle, "version_artifact", new Selection(model, condition, parameters));
    Map<Integer, List<ArtifactReference>> sealed =
        artifacts(handle, "sealed_artifact", new Selection(model, condition, parameters));
    Query versions =
        handle
            .createQuery(
                "SELECT * FROM model_version WHERE model = :model AND "
                    + condition
                    + " ORDER BY version DESC")
            .bind("model", model.value());
    parameters.accept(versions);
    return versions.map((row, context) -> version(row, plain, sealed)).list();
  }

  private record Selection(ModelName model, String condition, Consumer<Query> parameters) {}

  /** By version. */
  private static Map<Integer, List<ArtifactReference>> artifacts(
      Handle handle, String table, Selection selection) {
    Query query =
        handle
            .createQuery(
                "SELECT * FROM "
                    + table
                    + " WHERE model = :model AND "
                    + selection.condition()
                    + " ORDER BY version, ordinal")
            .bind("model", selection.model().value());
    selection.parameters().accept(query);
    boolean sealed = table.equals("sealed_artifact");
    return query
        .map(
            (row, context) ->
                Map.entry(row.getInt("version"), sealed ? SealedRows.artifact(row) : artifact(row)))
        .stream()
        .collect(
            Collectors.groupingBy(
                Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
  }

  private static ArtifactReference artifact(ResultSet row) throws SQLException {
    return new ArtifactReference(
        ArtifactReference.Role.valueOf(row.getString("role")),
        new Sha256(row.getString("digest")),
        row.getLong("length_bytes"),
        row.getInt("chunk_size_bytes"));
  }

  private static VersionRecord version(
      ResultSet row,
      Map<Integer, List<ArtifactReference>> plain,
      Map<Integer, List<ArtifactReference>> sealed)
      throws SQLException {
    int number = row.getInt("version");
    return new VersionRecord(
        new ModelName(row.getString("model")),
        new ModelVersion(number),
        Rows.instant(row, "created_at"),
        Optional.ofNullable(row.getString("round")).map(RoundId::new),
        plain.getOrDefault(number, List.of()),
        Optional.ofNullable(row.getString("optimizer_state")).map(Sha256::new),
        evaluation(row),
        Optional.ofNullable(row.getString("serving_report"))
            .map(json -> StoredJson.read(json, SERVING_REPORT)),
        SealedRows.sealed(row, sealed.getOrDefault(number, List.of())));
  }

  private static Optional<HeldOutEvaluation> evaluation(ResultSet row) throws SQLException {
    long examples = row.getLong("held_out_examples");
    return row.wasNull()
        ? Optional.empty()
        : Optional.of(
            new HeldOutEvaluation(
                row.getDouble("held_out_loss"), row.getDouble("held_out_accuracy"), examples));
  }
}
