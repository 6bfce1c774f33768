package io.covey.coordinator.app;

import io.covey.coordinator.audit.AuditTrail;
import io.covey.coordinator.mqtt.FleetLink;
import io.covey.coordinator.training.CoordinatorCore;
import io.covey.coordinator.training.SessionAuthority;
import io.covey.crypto.identity.Revocations;
import io.covey.models.runtime.ModelRuntime;
import io.covey.protocols.message.ArtifactUrl;
import io.covey.protocols.message.RefusedMessages;
import io.covey.protocols.transport.PahoTransport;
import io.covey.protocols.transport.TransportSettings;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The event loop on which agents, rounds and releases are handled. */
final class CoordinationVerticle extends VerticleBase {
  private final ServerOptions options;
  private final TransportSettings transport;
  private final CoordinatorCore.Stores stores;
  private final Observers observers;
  private volatile @Nullable CoordinatorCore core;
  private volatile @Nullable Revocations revocations;
  private @Nullable FleetLink link;
  private @Nullable AuditDesk audited;
  private List<ArtifactUrl> artifactUrls = List.of();

  /** Who keeps an eye on it. */
  record Observers(CoordinatorMetrics metrics, AuditTrail audit) {}

  CoordinationVerticle(
      ServerOptions options,
      TransportSettings transport,
      CoordinatorCore.Stores stores,
      Observers observers) {
    this.options = options;
    this.transport = transport;
    this.stores = stores;
    this.observers = observers;
  }

  /** Where else files can be had, which agents are told; before the deployment. */
  void announce(List<ArtifactUrl> urls) {
    artifactUrls = List.copyOf(urls);
  }

  /** From when the deployment has succeeded. */
  CoordinatorCore core() {
    CoordinatorCore started = core;
    if (started == null) {
      throw new IllegalStateException("the coordinator has not started");
    }
    return started;
  }

  /** What its rounds heed, from when the deployment has succeeded; any thread. */
  Revocations revocations() {
    Revocations heeded = revocations;
    if (heeded == null) {
      throw new IllegalStateException("the coordinator has not started");
    }
    return heeded;
  }

  @Override
  public Future<?> start() {
    VertxScheduler scheduler = new VertxScheduler(vertx, context);
    SessionAuthority authority = new SessionAuthority(options.identity(), scheduler::now);
    revocations = authority.revocations();
    RefusedMessages refused = new RefusedMessages(scheduler);
    PahoTransport mqtt = new PahoTransport(transport, scheduler, options.random());
    FleetLink opening =
        new FleetLink(
            scheduler,
            mqtt,
            new FleetLink.Voice(UUID.randomUUID().toString(), authority.messageGuard()),
            refused);
    CoordinatorCore starting =
        new CoordinatorCore(
            scheduler,
            options.random(),
            opening,
            ModelRuntime.tensorFlowLite(),
            stores,
            authority,
            options.limits());
    starting.announce(artifactUrls);
    link = opening;
    core = starting;
    observers.metrics().bind(starting, scheduler, mqtt, refused);
    AuditDesk desk = new AuditDesk(observers.audit(), starting, refused, authority.revocations());
    desk.bind(scheduler);
    audited = desk;
    return Future.fromCompletionStage(
        starting.start().thenRun(() -> opening.open(starting.inbox())), context);
  }

  @Override
  public Future<?> stop() {
    FleetLink closing = link;
    AuditDesk desk = audited;
    if (closing == null || desk == null) {
      return Future.succeededFuture();
    }
    desk.noteWhatIsNew();
    return vertx.executeBlocking(
        () -> {
          closing.close();
          return true;
        });
  }
}
