package io.covey.coordinator.store;

import io.covey.coordinator.sealing.KeyStore;
import io.covey.crypto.envelope.ContentKey;
import io.covey.crypto.envelope.GroupKey;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.WrappedContentKey.KeyName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Keys and members in the tables {@code content_key}, {@code fleet_epoch}, {@code fleet_member}.
 */
public final class JdbiKeyStore implements KeyStore {
  private static final String UPDATE_MEMBER =
      "UPDATE fleet_member SET certificate = :certificate WHERE agent = :agent";
  private static final String INSERT_MEMBER =
      "INSERT INTO fleet_member (agent, certificate) VALUES (:agent, :certificate)";

  private final Database database;

  public JdbiKeyStore(Database database) {
    this.database = database;
  }

  @Override
  public void addContentKey(KeyName of, Sha256 files, ContentKey key) {
    database.run(
        handle ->
            handle
                .createUpdate(
                    "INSERT INTO content_key (model, version, files, secret)"
                        + " VALUES (:model, :version, :files, :secret)")
                .bind("model", of.model().value())
                .bind("version", of.version().number())
                .bind("files", files.hex())
                .bind("secret", key.secret().reveal())
                .execute());
  }

  @Override
  public Optional<ContentKey> contentKey(KeyName of, Sha256 files) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT secret FROM content_key"
                        + " WHERE model = :model AND version = :version AND files = :files")
                .bind("model", of.model().value())
                .bind("version", of.version().number())
                .bind("files", files.hex())
                .map(
                    (row, context) -> ContentKey.owning(SecretBytes.owning(row.getBytes("secret"))))
                .findOne());
  }

  @Override
  public Optional<FleetKey> fleetKey() {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT epoch, secret FROM fleet_epoch")
                .map(
                    (row, context) ->
                        new FleetKey(
                            row.getLong("epoch"),
                            GroupKey.owning(SecretBytes.owning(row.getBytes("secret")))))
                .findOne());
  }

  @Override
  public void beginEpoch(FleetKey key, Set<AgentId> left) {
    database.run(
        handle -> {
          handle.execute("DELETE FROM fleet_epoch");
          handle
              .createUpdate("INSERT INTO fleet_epoch (epoch, secret) VALUES (:epoch, :secret)")
              .bind("epoch", key.epoch())
              .bind("secret", key.key().secret().reveal())
              .execute();
          left.forEach(
              agent -> handle.execute("DELETE FROM fleet_member WHERE agent = ?", agent.value()));
        });
  }

  @Override
  public void saveMember(AgentId agent, Octets certificate) {
    database.run(
        handle ->
            Rows.upsert(
                handle,
                List.of(agent),
                UPDATE_MEMBER,
                INSERT_MEMBER,
                (batch, member) ->
                    batch
                        .bind("agent", member.value())
                        .bind("certificate", certificate.toBytes())));
  }

  @Override
  public Map<AgentId, Octets> members() {
    return database.read(
        handle -> {
          Map<AgentId, Octets> members = new TreeMap<>();
          handle
              .createQuery("SELECT agent, certificate FROM fleet_member")
              .map(
                  (row, context) ->
                      Map.entry(
                          new AgentId(row.getString("agent")),
                          Octets.owning(row.getBytes("certificate"))))
              .forEach(member -> members.put(member.getKey(), member.getValue()));
          return members;
        });
  }
}
