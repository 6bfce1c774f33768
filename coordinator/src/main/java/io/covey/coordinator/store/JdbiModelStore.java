package io.covey.coordinator.store;

import com.fasterxml.jackson.core.type.TypeReference;
import io.covey.coordinator.registry.CalibrationData;
import io.covey.coordinator.registry.HeldOutEvaluation;
import io.covey.coordinator.registry.ModelRecord;
import io.covey.coordinator.registry.ModelStore;
import io.covey.coordinator.registry.ModelTask;
import io.covey.coordinator.registry.PlainModel;
import io.covey.coordinator.registry.SealedVersion;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.models.data.DataFormat.LabelColumn;
import io.covey.models.data.DataFormat.LabelKind;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Models and versions in the tables {@code model}, {@code plain_model}, {@code model_version},
 * {@code version_artifact}.
 */
public final class JdbiModelStore implements ModelStore {
  private static final String MODELS =
      "SELECT name, description, created_at, file, task, samples, labels, sample_count"
          + " FROM model LEFT JOIN plain_model ON model = name";
  private static final TypeReference<ModelTask> TASK = new TypeReference<>() {};

  private final Database database;

  public JdbiModelStore(Database database) {
    this.database = database;
  }

  @Override
  public void addModel(ModelRecord model, VersionRecord first) {
    if (!first.model().equals(model.name())) {
      throw new IllegalArgumentException(
          "the first version of " + model.name() + " belongs to " + first.model());
    }
    database.run(
        handle -> {
          if (find(handle, model.name()).isPresent()) {
            throw new IllegalStateException("there is a model " + model.name() + " already");
          }
          handle
              .createUpdate(
                  "INSERT INTO model (name, description, created_at)"
                      + " VALUES (:name, :description, :createdAt)")
              .bind("name", model.name().value())
              .bind("description", model.description())
              .bind("createdAt", Rows.timestamp(model.createdAt()))
              .execute();
          model.plain().ifPresent(plain -> insertPlain(handle, model.name(), plain));
          VersionRows.insert(handle, first);
        });
  }

  @Override
  public void addVersion(VersionRecord version) {
    database.run(handle -> add(handle, version));
  }

  /** Adds a version within a transaction that does more. */
  static void add(Handle handle, VersionRecord version) {
    ModelVersion newest =
        VersionRows.newest(handle, version.model())
            .map(VersionRecord::version)
            .orElseThrow(() -> unknown(version.model()));
    if (!version.version().equals(newest.next())) {
      throw new IllegalStateException(
          "version "
              + version.version()
              + " of "
              + version.model()
              + " does not follow its newest version "
              + newest);
    }
    VersionRows.insert(handle, version);
  }

  /** Throws {@link IllegalStateException} when there is no such version. */
  @Override
  public void setEvaluation(ModelName name, ModelVersion version, HeldOutEvaluation evaluation) {
    if (!database.write(handle -> VersionRows.setEvaluation(handle, name, version, evaluation))) {
      throw new IllegalStateException("there is no version " + version + " of " + name);
    }
  }

  /** Throws {@link IllegalStateException} when there is no such version that is not sealed. */
  @Override
  public void setSealed(ModelName name, ModelVersion version, SealedVersion sealed) {
    if (!database.write(handle -> VersionRows.setSealed(handle, name, version, sealed))) {
      throw new IllegalStateException(
          "there is no version " + version + " of " + name + " that is not sealed");
    }
  }

  private static void insertPlain(Handle handle, ModelName name, PlainModel plain) {
    handle
        .createUpdate(
            "INSERT INTO plain_model (model, file, task, samples, labels, sample_count)"
                + " VALUES (:model, :file, :task, :samples, :labels, :count)")
        .bind("model", name.value())
        .bind("file", plain.file().hex())
        .bind("task", StoredJson.write(plain.task()))
        .bind("samples", plain.calibration().map(c -> c.samples().hex()))
        .bind("labels", plain.calibration().flatMap(CalibrationData::labels).map(Sha256::hex))
        .bind("count", plain.calibration().map(CalibrationData::count))
        .execute();
  }

  @Override
  public List<ModelRecord> models() {
    return database.read(
        handle ->
            handle
                .createQuery(MODELS + " ORDER BY name")
                .map((row, context) -> record(row))
                .list());
  }

  @Override
  public Optional<ModelRecord> model(ModelName name) {
    return database.read(handle -> find(handle, name));
  }

  @Override
  public List<VersionRecord> versions(ModelName name) {
    return database.read(handle -> VersionRows.all(handle, name));
  }

  @Override
  public Optional<VersionRecord> version(ModelName name, ModelVersion version) {
    return database.read(handle -> VersionRows.one(handle, name, version));
  }

  @Override
  public Optional<VersionRecord> newest(ModelName name) {
    return database.read(handle -> VersionRows.newest(handle, name));
  }

  @Override
  public Optional<VersionRecord> newestReleased(ModelName name) {
    return database.read(handle -> VersionRows.newestReleased(handle, name));
  }

  /** Throws {@link IllegalStateException} when there is no such model. */
  @Override
  public void setEvaluationData(ModelName name, EvaluationData data) {
    int updated =
        database.write(
            handle ->
                handle
                    .createUpdate(
                        "UPDATE model SET evaluation_csv = :csv, evaluation_label = :label,"
                            + " evaluation_label_kind = :kind, evaluation_scale = :scale"
                            + " WHERE name = :name")
                    .bind("csv", data.csv().hex())
                    .bind("label", data.label().column())
                    .bind("kind", data.label().kind().name())
                    .bind("scale", data.scale())
                    .bind("name", name.value())
                    .execute());
    if (updated == 0) {
      throw unknown(name);
    }
  }

  @Override
  public Optional<EvaluationData> evaluationData(ModelName name) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT evaluation_csv, evaluation_label, evaluation_label_kind,"
                        + " evaluation_scale FROM model"
                        + " WHERE name = :name AND evaluation_csv IS NOT NULL")
                .bind("name", name.value())
                .map(
                    (row, context) ->
                        new EvaluationData(
                            new Sha256(row.getString("evaluation_csv")),
                            new LabelColumn(
                                row.getString("evaluation_label"),
                                LabelKind.valueOf(row.getString("evaluation_label_kind"))),
                            row.getFloat("evaluation_scale")))
                .findOne());
  }

  /** Finds a model within a transaction that does more. */
  static Optional<ModelRecord> find(Handle handle, ModelName name) {
    return handle
        .createQuery(MODELS + " WHERE name = :name")
        .bind("name", name.value())
        .map((row, context) -> record(row))
        .findOne();
  }

  private static ModelRecord record(ResultSet row) throws SQLException {
    return new ModelRecord(
        new ModelName(row.getString("name")),
        row.getString("description"),
        Rows.instant(row, "created_at"),
        plain(row));
  }

  private static Optional<PlainModel> plain(ResultSet row) throws SQLException {
    String file = row.getString("file");
    return file == null
        ? Optional.empty()
        : Optional.of(
            new PlainModel(
                new Sha256(file), StoredJson.read(row.getString("task"), TASK), calibration(row)));
  }

  private static Optional<CalibrationData> calibration(ResultSet row) throws SQLException {
    String samples = row.getString("samples");
    return samples == null
        ? Optional.empty()
        : Optional.of(
            new CalibrationData(
                new Sha256(samples),
                Optional.ofNullable(row.getString("labels")).map(Sha256::new),
                row.getInt("sample_count")));
  }

  private static IllegalStateException unknown(ModelName name) {
    return new IllegalStateException("there is no model " + name);
  }
}
