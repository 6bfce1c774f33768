package io.covey.coordinator.store;

import com.fasterxml.jackson.core.type.TypeReference;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.training.JobStore;
import io.covey.coordinator.training.TrainingJob;
import io.covey.protocols.id.ModelName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.StatementContext;

/** Jobs in the table {@code training_job}, one a model. */
public final class JdbiJobStore implements JobStore {
  private static final TypeReference<TrainingPlan> PLAN = new TypeReference<>() {};

  private static final String UPDATE =
      """
      UPDATE training_job SET plan = :plan, rounds_wanted = :wanted, rounds_committed = :committed,
        rounds_failed = :failed, state = :state, detail = :detail, started_at = :startedAt
      WHERE model = :model
      """;

  private static final String INSERT =
      """
      INSERT INTO training_job (model, plan, rounds_wanted, rounds_committed, rounds_failed, state,
        detail, started_at)
      VALUES (:model, :plan, :wanted, :committed, :failed, :state, :detail, :startedAt)
      """;

  private final Database database;

  public JdbiJobStore(Database database) {
    this.database = database;
  }

  @Override
  public void save(TrainingJob job) {
    database.run(handle -> save(handle, job));
  }

  /** Saves a job within a transaction that does more. */
  static void save(Handle handle, TrainingJob job) {
    Rows.upsert(handle, List.of(job), UPDATE, INSERT, JdbiJobStore::bind);
  }

  @Override
  public Optional<TrainingJob> job(ModelName model) {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT * FROM training_job WHERE model = :model")
                .bind("model", model.value())
                .map(JdbiJobStore::job)
                .findOne());
  }

  @Override
  public List<TrainingJob> jobs() {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT * FROM training_job ORDER BY model")
                .map(JdbiJobStore::job)
                .list());
  }

  private static void bind(PreparedBatch batch, TrainingJob job) {
    batch
        .bind("model", job.model().value())
        .bind("plan", StoredJson.write(job.plan()))
        .bind("wanted", job.roundsWanted())
        .bind("committed", job.roundsCommitted())
        .bind("failed", job.roundsFailed())
        .bind("state", job.state().name())
        .bind("detail", job.detail())
        .bind("startedAt", Rows.timestamp(job.startedAt()));
  }

  private static TrainingJob job(ResultSet row, StatementContext context) throws SQLException {
    return new TrainingJob(
        new ModelName(row.getString("model")),
        StoredJson.read(row.getString("plan"), PLAN),
        row.getInt("rounds_wanted"),
        row.getInt("rounds_committed"),
        row.getInt("rounds_failed"),
        TrainingJob.State.valueOf(row.getString("state")),
        row.getString("detail"),
        Rows.instant(row, "started_at"));
  }
}
