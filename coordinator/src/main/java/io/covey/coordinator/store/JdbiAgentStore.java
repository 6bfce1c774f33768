package io.covey.coordinator.store;

import com.fasterxml.jackson.core.type.TypeReference;
import io.covey.coordinator.fleet.AgentRecord;
import io.covey.coordinator.fleet.AgentStore;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.ReportedState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.StatementContext;

/** Agents in the table {@code agent}. */
public final class JdbiAgentStore implements AgentStore {
  private static final TypeReference<List<ReportedState.ModelState>> MODELS =
      new TypeReference<>() {};

  private static final String UPDATE =
      """
      UPDATE agent SET online = :online, software_version = :softwareVersion, boot_id = :bootId,
        message_sequence = :sequence, desired_revision = :desiredRevision,
        reported_revision = :reportedRevision, models = :models, can_train = :canTrain,
        first_seen = :firstSeen, last_seen = :lastSeen
      WHERE id = :id
      """;

  private static final String INSERT =
      """
      INSERT INTO agent (id, online, software_version, boot_id, message_sequence, desired_revision,
        reported_revision, models, can_train, first_seen, last_seen)
      VALUES (:id, :online, :softwareVersion, :bootId, :sequence, :desiredRevision,
        :reportedRevision, :models, :canTrain, :firstSeen, :lastSeen)
      """;

  private final Database database;

  public JdbiAgentStore(Database database) {
    this.database = database;
  }

  @Override
  public void save(Collection<AgentRecord> agents) {
    if (agents.isEmpty()) {
      return;
    }
    // Of two records of one agent the later counts.
    Map<AgentId, AgentRecord> latest = new LinkedHashMap<>();
    agents.forEach(agent -> latest.put(agent.agent(), agent));
    database.run(
        handle -> Rows.upsert(handle, latest.values(), UPDATE, INSERT, JdbiAgentStore::bind));
  }

  @Override
  public List<AgentRecord> load() {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT * FROM agent ORDER BY id")
                .map(JdbiAgentStore::agent)
                .list());
  }

  private static void bind(PreparedBatch batch, AgentRecord agent) {
    batch
        .bind("id", agent.agent().value())
        .bind("online", agent.online())
        .bind("softwareVersion", agent.softwareVersion())
        .bind("bootId", agent.bootId())
        .bind("sequence", agent.sequence())
        .bind("desiredRevision", agent.desiredRevision())
        .bind("reportedRevision", agent.reportedRevision())
        .bind("models", StoredJson.write(agent.models()))
        .bind("canTrain", agent.canTrain())
        .bind("firstSeen", Rows.timestamp(agent.firstSeen()))
        .bind("lastSeen", Rows.timestamp(agent.lastSeen()));
  }

  private static AgentRecord agent(ResultSet row, StatementContext context) throws SQLException {
    return new AgentRecord(
        new AgentId(row.getString("id")),
        row.getBoolean("online"),
        row.getString("software_version"),
        row.getString("boot_id"),
        row.getLong("message_sequence"),
        row.getLong("desired_revision"),
        row.getLong("reported_revision"),
        StoredJson.read(row.getString("models"), MODELS),
        row.getBoolean("can_train"),
        Rows.instant(row, "first_seen"),
        Rows.instant(row, "last_seen"));
  }
}
