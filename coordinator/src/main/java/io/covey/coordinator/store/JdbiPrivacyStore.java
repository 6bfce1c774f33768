package io.covey.coordinator.store;

import io.covey.coordinator.privacy.ModelBudget;
import io.covey.coordinator.privacy.PrivacyAccount;
import io.covey.coordinator.privacy.PrivacyStore;
import io.covey.crypto.privacy.accounting.Observer;
import io.covey.crypto.privacy.accounting.PrivacyBudget;
import io.covey.crypto.privacy.accounting.PrivacyLedger;
import io.covey.crypto.privacy.accounting.RoundCost;
import io.covey.protocols.id.ModelName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.Update;

/** Budgets and counts in the tables {@code model_privacy} and {@code privacy_cost}. */
public final class JdbiPrivacyStore implements PrivacyStore {
  private static final String KEY =
      " WHERE model = :model AND noise_multiplier = :multiplier AND sampling_rate = :rate"
          + " AND distance = :distance";

  private final Database database;

  public JdbiPrivacyStore(Database database) {
    this.database = database;
  }

  @Override
  public PrivacyAccount account(ModelName model) {
    return database.read(
        handle -> {
          PrivacyLedger ledger = PrivacyLedger.of(counts(handle, model));
          return handle
              .createQuery("SELECT * FROM model_privacy WHERE model = :model")
              .bind("model", model.value())
              .map(
                  (row, context) ->
                      new PrivacyAccount(budget(row), ledger, row.getLong("rounds_without_noise")))
              .findOne()
              .orElseGet(() -> new PrivacyAccount(Optional.empty(), ledger, 0));
        });
  }

  @Override
  public void setBudget(ModelName model, ModelBudget budget) {
    database.run(
        handle -> {
          ensureRow(handle, model);
          handle
              .createUpdate(
                  "UPDATE model_privacy SET epsilon = :epsilon, delta = :delta,"
                      + " observer = :observer WHERE model = :model")
              .bind("epsilon", budget.budget().epsilon())
              .bind("delta", budget.budget().delta())
              .bind("observer", budget.observer().name())
              .bind("model", model.value())
              .execute();
        });
  }

  @Override
  public void charge(ModelName model, Optional<RoundCost> round) {
    database.run(
        handle -> {
          if (round.isPresent()) {
            charge(handle, model, round.get());
          } else {
            ensureRow(handle, model);
            handle
                .createUpdate(
                    "UPDATE model_privacy SET rounds_without_noise = rounds_without_noise + 1"
                        + " WHERE model = :model")
                .bind("model", model.value())
                .execute();
          }
        });
  }

  @Override
  public Optional<Float> clipNorm(ModelName model) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT clip_norm FROM model_privacy"
                        + " WHERE model = :model AND clip_norm IS NOT NULL")
                .bind("model", model.value())
                .map((row, context) -> row.getFloat("clip_norm"))
                .findOne());
  }

  @Override
  public void setClipNorm(ModelName model, Optional<Float> clipNorm) {
    database.run(
        handle -> {
          ensureRow(handle, model);
          handle
              .createUpdate("UPDATE model_privacy SET clip_norm = :norm WHERE model = :model")
              .bind("norm", clipNorm)
              .bind("model", model.value())
              .execute();
        });
  }

  private static void charge(Handle handle, ModelName model, RoundCost cost) {
    String count = "UPDATE privacy_cost SET rounds = rounds + 1" + KEY;
    if (bind(handle.createUpdate(count), model, cost).execute() == 0) {
      String first =
          "INSERT INTO privacy_cost (model, noise_multiplier, sampling_rate, distance, rounds)"
              + " VALUES (:model, :multiplier, :rate, :distance, 1)";
      bind(handle.createUpdate(first), model, cost).execute();
    }
  }

  private static Update bind(Update statement, ModelName model, RoundCost cost) {
    return statement
        .bind("model", model.value())
        .bind("multiplier", cost.noiseMultiplier())
        .bind("rate", cost.samplingRate())
        .bind("distance", cost.distance());
  }

  /** The coordinator's sole use of the database keeps two of these from meeting. */
  private static void ensureRow(Handle handle, ModelName model) {
    if (JdbiModelStore.find(handle, model).isEmpty()) {
      throw new IllegalStateException("there is no model " + model);
    }
    handle
        .createUpdate(
            "INSERT INTO model_privacy (model, rounds_without_noise) SELECT name, 0 FROM model"
                + " WHERE name = :model"
                + " AND NOT EXISTS (SELECT 1 FROM model_privacy WHERE model = :model)")
        .bind("model", model.value())
        .execute();
  }

  private static Map<RoundCost, Long> counts(Handle handle, ModelName model) {
    Map<RoundCost, Long> counts = new HashMap<>();
    handle
        .createQuery("SELECT * FROM privacy_cost WHERE model = :model")
        .bind("model", model.value())
        .map(JdbiPrivacyStore::count)
        .forEach(count -> counts.put(count.getKey(), count.getValue()));
    return counts;
  }

  private static Map.Entry<RoundCost, Long> count(ResultSet row, StatementContext context)
      throws SQLException {
    RoundCost cost =
        new RoundCost(
            row.getDouble("noise_multiplier"),
            row.getDouble("sampling_rate"),
            row.getDouble("distance"));
    return Map.entry(cost, row.getLong("rounds"));
  }

  private static Optional<ModelBudget> budget(ResultSet row) throws SQLException {
    double epsilon = row.getDouble("epsilon");
    return row.wasNull()
        ? Optional.empty()
        : Optional.of(
            new ModelBudget(
                new PrivacyBudget(epsilon, row.getDouble("delta")),
                Observer.valueOf(row.getString("observer"))));
  }
}
