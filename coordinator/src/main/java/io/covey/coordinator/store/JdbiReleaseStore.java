package io.covey.coordinator.store;

import com.fasterxml.jackson.core.type.TypeReference;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.release.ReleaseRecord;
import io.covey.coordinator.release.ReleaseStore;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.release.Audience;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * Releases and their documents in the tables {@code model_release}, {@code model_audience}, {@code
 * release_document}.
 */
public final class JdbiReleaseStore implements ReleaseStore {
  private static final TypeReference<Audience> AUDIENCE = new TypeReference<>() {};

  private final Database database;

  public JdbiReleaseStore(Database database) {
    this.database = database;
  }

  /**
   * Notes a version as released, within the transaction that adds it. Counters follow the time in
   * milliseconds, so that they rise also when the last ones were lost with the database: devices
   * remember them.
   */
  static void release(Handle handle, VersionRecord version) {
    handle
        .createUpdate(
            """
            INSERT INTO model_release (model, counter, version)
            SELECT :model, GREATEST(COALESCE(MAX(counter), 0) + 1, :millis), :version
            FROM model_release WHERE model = :model
            """)
        .bind("model", version.model().value())
        .bind("version", version.version().number())
        .bind("millis", version.createdAt().toEpochMilli())
        .execute();
  }

  @Override
  public List<ReleaseRecord> newest() {
    return database.read(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT * FROM model_release r WHERE counter =
                      (SELECT MAX(counter) FROM model_release WHERE model = r.model)
                    ORDER BY model
                    """)
                .map((row, context) -> record(row))
                .list());
  }

  @Override
  public List<ReleaseRecord> releases(ModelName model) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT * FROM model_release WHERE model = :model ORDER BY counter DESC")
                .bind("model", model.value())
                .map((row, context) -> record(row))
                .list());
  }

  @Override
  public void addRestored(VersionRecord version, ModelVersion restores) {
    if (!version.isReleased()) {
      throw new IllegalArgumentException("version " + version.version() + " is not released");
    }
    database.run(
        handle -> {
          JdbiModelStore.add(handle, version);
          handle
              .createUpdate(
                  "UPDATE model_release SET restores = :restores"
                      + " WHERE model = :model AND version = :version")
              .bind("restores", restores.number())
              .bind("model", version.model().value())
              .bind("version", version.version().number())
              .execute();
        });
  }

  @Override
  public Optional<ReleaseRecord> releaseAgain(ModelName model, ModelVersion version, Instant now) {
    database.run(
        handle ->
            handle
                .createUpdate(
                    """
                    UPDATE model_release SET counter = GREATEST(counter + 1, :millis)
                    WHERE model = :model AND version = :version AND counter =
                      (SELECT MAX(counter) FROM model_release WHERE model = :model)
                    """)
                .bind("model", model.value())
                .bind("version", version.number())
                .bind("millis", now.toEpochMilli())
                .execute());
    return releases(model).stream().findFirst().filter(newest -> newest.version().equals(version));
  }

  @Override
  public Audience audience(ModelName model) {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT audience FROM model_audience WHERE model = :model")
                .bind("model", model.value())
                .map((row, context) -> StoredJson.read(row.getString("audience"), AUDIENCE))
                .findOne()
                .orElse(Audience.ALL));
  }

  @Override
  public void setAudience(ModelName model, Audience audience) {
    database.run(
        handle ->
            Rows.upsert(
                handle,
                List.of(audience),
                "UPDATE model_audience SET audience = :audience WHERE model = :model",
                "INSERT INTO model_audience (model, audience) VALUES (:model, :audience)",
                (batch, value) ->
                    batch.bind("model", model.value()).bind("audience", StoredJson.write(value))));
  }

  @Override
  public Map<String, Octets> documents() {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT path, document FROM release_document")
                .map(
                    (row, context) ->
                        Map.entry(row.getString("path"), decoded(row.getString("document"))))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  private static Octets decoded(String document) {
    return Octets.owning(Base64.getDecoder().decode(document));
  }

  @Override
  public void saveDocuments(Map<String, Octets> documents) {
    database.run(
        handle ->
            Rows.upsert(
                handle,
                documents.entrySet(),
                "UPDATE release_document SET document = :document WHERE path = :path",
                "INSERT INTO release_document (path, document) VALUES (:path, :document)",
                (batch, entry) ->
                    batch
                        .bind("path", entry.getKey())
                        .bind(
                            "document",
                            Base64.getEncoder().encodeToString(entry.getValue().toBytes()))));
  }

  private static ReleaseRecord record(ResultSet row) throws SQLException {
    var restores = Rows.optionalInt(row, "restores");
    return new ReleaseRecord(
        new ModelName(row.getString("model")),
        row.getLong("counter"),
        new ModelVersion(row.getInt("version")),
        restores.isPresent()
            ? Optional.of(new ModelVersion(restores.getAsInt()))
            : Optional.empty());
  }
}
