package io.covey.coordinator.http;

import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.training.AdminOperations;
import io.covey.protocols.id.ModelName;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.validation.RequestParameter;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The contract's operations on jobs and rounds, but for the event stream. */
final class TrainingOperations {
  private final AdminOperations admin;
  private final TrainingPlan standardPlan;

  /**
   * @param standardPlan what a training takes that says nothing of its plan
   */
  TrainingOperations(AdminOperations admin, TrainingPlan standardPlan) {
    this.admin = admin;
    this.standardPlan = standardPlan;
  }

  /** By the operation's id. */
  Map<String, Consumer<Exchange>> handlers() {
    return Map.of(
        "getTraining", this::getTraining,
        "startTraining", this::startTraining,
        "pauseTraining", this::pauseTraining,
        "resumeTraining", this::resumeTraining,
        "listRounds", this::listRounds,
        "getRound", this::getRound);
  }

  private void getTraining(Exchange exchange) {
    ModelName name = exchange.model();
    exchange.answer(
        exchange
            .awaitPresent(admin.training(name), "There is no training of a model " + name + ".")
            .map(TrainingJson::job));
  }

  private void startTraining(Exchange exchange) {
    JsonObject body = exchange.body();
    JsonObject plan = body.getJsonObject("plan", new JsonObject());
    exchange
        .context()
        .vertx()
        // What secure aggregation needs in a large cohort takes a while to derive.
        .executeBlocking(() -> PlanJson.read(plan, standardPlan), false)
        .compose(
            read ->
                exchange.await(
                    admin.startTraining(exchange.model(), body.getInteger("rounds"), read)))
        .onSuccess(job -> exchange.sendJson(202, TrainingJson.job(job)))
        .onFailure(exchange.context()::fail);
  }

  private void pauseTraining(Exchange exchange) {
    exchange.answer(exchange.await(admin.pauseTraining(exchange.model())).map(TrainingJson::job));
  }

  private void resumeTraining(Exchange exchange) {
    exchange.answer(exchange.await(admin.resumeTraining(exchange.model())).map(TrainingJson::job));
  }

  private void listRounds(Exchange exchange) {
    int before =
        exchange.query("cursor").map(RequestParameter::getInteger).orElse(Integer.MAX_VALUE);
    int limit = exchange.limit();
    exchange.answer(
        rounds(exchange, before, limit + 1)
            .map(found -> Page.of(found, limit, TrainingJson::round, RoundRecord::number)));
  }

  private void getRound(Exchange exchange) {
    int number = exchange.pathNumber("number");
    exchange.answer(
        // No overflow: the contract keeps the number below the largest int.
        rounds(exchange, number + 1, 1)
            .map(
                found ->
                    found.stream()
                        .filter(r -> r.number() == number)
                        .findFirst()
                        .orElseThrow(
                            () ->
                                ProblemException.notFound(
                                    "The model has no round " + number + ".")))
            .map(TrainingJson::round));
  }

  private Future<List<RoundRecord>> rounds(Exchange exchange, int before, int limit) {
    ModelName name = exchange.model();
    return exchange
        .awaitPresent(admin.model(name), Exchange.noModel(name))
        .compose(model -> exchange.await(admin.rounds(name, before, limit)));
  }
}
