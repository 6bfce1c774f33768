package io.covey.coordinator.store;

import com.fasterxml.jackson.core.type.TypeReference;
import io.covey.coordinator.round.DropReason;
import io.covey.coordinator.round.FailureReason;
import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.round.RoundStore;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.StatementContext;

/** Rounds in the table {@code training_round}. */
public final class JdbiRoundStore implements RoundStore {
  private static final TypeReference<Map<DropReason, Integer>> DROPPED = new TypeReference<>() {};

  private static final String UPDATE =
      """
      UPDATE training_round SET model = :model, ordinal = :ordinal, base_version = :base,
        state = :state, failure = :failure, committed_version = :committed, cohort = :cohort,
        reported = :reported, dropped = :dropped, training_loss = :trainingLoss,
        training_accuracy = :trainingAccuracy, held_out_loss = :heldOutLoss,
        held_out_accuracy = :heldOutAccuracy, bytes_down = :bytesDown, bytes_up = :bytesUp,
        started_at = :startedAt, ended_at = :endedAt
      WHERE id = :id
      """;

  private static final String INSERT =
      """
      INSERT INTO training_round (id, model, ordinal, base_version, state, failure,
        committed_version, cohort, reported, dropped, training_loss, training_accuracy,
        held_out_loss, held_out_accuracy, bytes_down, bytes_up, started_at, ended_at)
      VALUES (:id, :model, :ordinal, :base, :state, :failure,
        :committed, :cohort, :reported, :dropped, :trainingLoss, :trainingAccuracy,
        :heldOutLoss, :heldOutAccuracy, :bytesDown, :bytesUp, :startedAt, :endedAt)
      """;

  private final Database database;

  public JdbiRoundStore(Database database) {
    this.database = database;
  }

  @Override
  public void save(RoundRecord round) {
    database.run(handle -> save(handle, round));
  }

  /** Saves a round within a transaction that does more. */
  static void save(Handle handle, RoundRecord round) {
    Rows.upsert(handle, List.of(round), UPDATE, INSERT, JdbiRoundStore::bind);
  }

  @Override
  public List<RoundRecord> rounds(ModelName model, int before, int limit) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT * FROM training_round WHERE model = :model AND ordinal < :before"
                        + " ORDER BY ordinal DESC LIMIT :limit")
                .bind("model", model.value())
                .bind("before", before)
                .bind("limit", limit)
                .map(JdbiRoundStore::round)
                .list());
  }

  @Override
  public Optional<RoundRecord> round(RoundId round) {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT * FROM training_round WHERE id = :id")
                .bind("id", round.value())
                .map(JdbiRoundStore::round)
                .findOne());
  }

  @Override
  public int newestNumber(ModelName model) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT COALESCE(MAX(ordinal), 0) FROM training_round WHERE model = :model")
                .bind("model", model.value())
                .mapTo(Integer.class)
                .one());
  }

  @Override
  public int failRunning(FailureReason reason, Instant now) {
    return database.write(
        handle ->
            handle
                .createUpdate(
                    "UPDATE training_round SET state = :failed, failure = :reason,"
                        + " ended_at = :now WHERE state = :running")
                .bind("failed", RoundRecord.State.FAILED.name())
                .bind("reason", reason.name())
                .bind("now", Rows.timestamp(now))
                .bind("running", RoundRecord.State.RUNNING.name())
                .execute());
  }

  private static void bind(PreparedBatch batch, RoundRecord round) {
    Optional<RoundRecord.Outcome> outcome = round.outcome();
    batch
        .bind("id", round.round().value())
        .bind("model", round.model().value())
        .bind("ordinal", round.number())
        .bind("base", round.base().number())
        .bind("state", round.state().name())
        .bind("failure", round.failure().map(Enum::name))
        .bind("committed", round.committed().map(ModelVersion::number))
        .bind("cohort", round.cohort())
        .bind("reported", round.reported())
        // Sorted: the same round is always the same text.
        .bind("dropped", StoredJson.write(new TreeMap<>(round.dropped())))
        .bind("trainingLoss", outcome.map(RoundRecord.Outcome::trainingLoss))
        .bind("trainingAccuracy", outcome.map(RoundRecord.Outcome::trainingAccuracy))
        .bind("heldOutLoss", outcome.map(RoundRecord.Outcome::heldOutLoss))
        .bind("heldOutAccuracy", outcome.map(RoundRecord.Outcome::heldOutAccuracy))
        .bind("bytesDown", round.bytesDown())
        .bind("bytesUp", round.bytesUp())
        .bind("startedAt", Rows.timestamp(round.startedAt()))
        .bind("endedAt", round.endedAt().map(Rows::timestamp));
  }

  private static RoundRecord round(ResultSet row, StatementContext context) throws SQLException {
    OptionalInt committed = Rows.optionalInt(row, "committed_version");
    return new RoundRecord(
        new RoundId(row.getString("id")),
        new ModelName(row.getString("model")),
        row.getInt("ordinal"),
        new ModelVersion(row.getInt("base_version")),
        RoundRecord.State.valueOf(row.getString("state")),
        Optional.ofNullable(row.getString("failure")).map(FailureReason::valueOf),
        committed.isPresent()
            ? Optional.of(new ModelVersion(committed.getAsInt()))
            : Optional.empty(),
        row.getInt("cohort"),
        row.getInt("reported"),
        StoredJson.read(row.getString("dropped"), DROPPED),
        outcome(row),
        row.getLong("bytes_down"),
        row.getLong("bytes_up"),
        Rows.instant(row, "started_at"),
        Rows.optionalInstant(row, "ended_at"));
  }

  private static Optional<RoundRecord.Outcome> outcome(ResultSet row) throws SQLException {
    double trainingLoss = row.getDouble("training_loss");
    return row.wasNull()
        ? Optional.empty()
        : Optional.of(
            new RoundRecord.Outcome(
                trainingLoss,
                row.getDouble("training_accuracy"),
                row.getDouble("held_out_loss"),
                row.getDouble("held_out_accuracy")));
  }
}
