package io.covey.coordinator.http;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Binds the contract's operations to their handlers, in both directions without remainder. */
final class AdminRouter {
  private final Vertx vertx;
  private final Contract contract;
  private final Map<String, Consumer<Exchange>> handlers;
  private final Duration operationTimeout;

  /**
   * @param handlers by the operation's id
   * @throws IllegalStateException when an operation has no handler, or a handler no operation
   */
  AdminRouter(
      Vertx vertx,
      Contract contract,
      Map<String, Consumer<Exchange>> handlers,
      Duration operationTimeout) {
    this.vertx = vertx;
    this.contract = contract;
    this.handlers = Map.copyOf(handlers);
    this.operationTimeout = operationTimeout;
    checkComplete();
  }

  /**
   * Makes the router.
   *
   * @param before what every request passes first, in this order
   */
  Router build(List<Handler<RoutingContext>> before) {
    RouterBuilder builder = RouterBuilder.create(vertx, contract.enforced(), new RequestReader());
    before.forEach(builder::rootHandler);
    for (OpenAPIRoute route : builder.getRoutes()) {
      String operation = route.getOperation().getOperationId();
      Consumer<Exchange> handler = Objects.requireNonNull(handlers.get(operation), operation);
      route
          // The form validates itself, see there.
          .setDoValidation(!operation.equals(UploadForm.OPERATION))
          .addHandler(rc -> handler.accept(new Exchange(rc, operationTimeout)));
    }
    Router router = builder.createRouter();
    router.getRoutes().forEach(AdminRouter::addHead);
    ProblemResponder responder = new ProblemResponder();
    router.route().failureHandler(responder);
    // What fails before it gets to any route.
    for (ProblemType type : ProblemType.values()) {
      router.errorHandler(type.status(), responder);
    }
    return router;
  }

  /** Which GET has a HEAD has been decided before a request gets to its route. */
  private static void addHead(Route route) {
    if (route.methods() != null && route.methods().contains(HttpMethod.GET)) {
      route.method(HttpMethod.HEAD);
    }
  }

  private void checkComplete() {
    Set<String> specified = new TreeSet<>();
    contract.enforced().operations().forEach(o -> specified.add(o.getOperationId()));
    Set<String> missing = new TreeSet<>(specified);
    missing.removeAll(handlers.keySet());
    Set<String> surplus = new TreeSet<>(handlers.keySet());
    surplus.removeAll(specified);
    if (!missing.isEmpty() || !surplus.isEmpty()) {
      throw new IllegalStateException(
          "operations without a handler: "
              + missing
              + ", handlers without an operation: "
              + surplus);
    }
  }
}
