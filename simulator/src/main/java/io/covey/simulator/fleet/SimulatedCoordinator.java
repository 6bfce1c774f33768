package io.covey.simulator.fleet;

import io.covey.coordinator.mqtt.FleetLink;
import io.covey.coordinator.store.Database;
import io.covey.coordinator.store.DatabaseSettings;
import io.covey.coordinator.store.JdbiAgentStore;
import io.covey.coordinator.store.JdbiCommitStore;
import io.covey.coordinator.store.JdbiJobStore;
import io.covey.coordinator.store.JdbiKeyStore;
import io.covey.coordinator.store.JdbiModelStore;
import io.covey.coordinator.store.JdbiPrivacyStore;
import io.covey.coordinator.store.JdbiReleaseStore;
import io.covey.coordinator.store.JdbiRoundStore;
import io.covey.coordinator.training.AdminOperations;
import io.covey.coordinator.training.CoordinatorCore;
import io.covey.coordinator.training.RoundLimits;
import io.covey.coordinator.training.SessionAuthority;
import io.covey.coordinator.training.TrainingEvent;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.RandomWords;
import io.covey.protocols.message.RefusedMessages;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.TransportSettings;
import io.covey.simulator.clock.ProcessScheduler;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator with its disk and database, which survive when its process is killed. Belongs to
 * the thread of the virtual time.
 */
final class SimulatedCoordinator implements AutoCloseable {
  static final String CLIENT_ID = "coordinator";

  private final SimulatedWorld world;
  private final Consumer<TrainingEvent> listener;
  private final Database database = Database.open(DatabaseSettings.inMemory());
  private final CoordinatorCore.Stores stores =
      new CoordinatorCore.Stores(
          new JdbiModelStore(database),
          new InMemoryArtifactStore(),
          new JdbiAgentStore(database),
          new JdbiRoundStore(database),
          new JdbiJobStore(database),
          new JdbiCommitStore(database),
          new JdbiPrivacyStore(database),
          new JdbiKeyStore(database),
          new JdbiReleaseStore(database));
  private @Nullable Running running;
  private int starts;

  private record Running(ProcessScheduler process, CoordinatorCore core, RefusedMessages refused) {}

  /**
   * @param listener told of every change of jobs and rounds
   */
  SimulatedCoordinator(SimulatedWorld world, Consumer<TrainingEvent> listener) {
    this.world = world;
    this.listener = listener;
  }

  /** Starts the process; what an earlier one left is taken up. */
  void start() {
    starts++;
    ProcessScheduler process = new ProcessScheduler(world.time());
    MqttTransport transport = world.connect(transportSettings());
    RefusedMessages refused = new RefusedMessages(process);
    SessionAuthority authority =
        new SessionAuthority(world.authority().coordinator(), process::now, keyRandomness());
    FleetLink link =
        new FleetLink(
            process,
            transport,
            new FleetLink.Voice(CLIENT_ID + "-" + starts, authority.messageGuard()),
            refused);
    CoordinatorCore core =
        new CoordinatorCore(
            process,
            new SplittableRandom(world.seeds().of("coordinator", starts)),
            link,
            world.runtime(),
            stores,
            authority,
            RoundLimits.standard());
    running = new Running(process, core, refused);
    core.watchAll(listener);
    var unused = core.start().thenRun(() -> link.open(world.hearsay().watching(core.inbox())));
  }

  /** Replayed by the seed; another one after each start, since no key may be drawn twice. */
  private RandomWords keyRandomness() {
    byte[] seed =
        ByteBuffer.allocate(AesCtrRandomWords.SEED_BYTES)
            .putLong(world.seeds().of("keys of the coordinator", starts))
            .array();
    return AesCtrRandomWords.fromSeed(seed);
  }

  /** The process is gone without a word. */
  void kill() {
    current().process().kill();
    world.network().kill(CLIENT_ID);
    running = null;
  }

  /** What an operator can ask of the process that runs. */
  AdminOperations operations() {
    return current().core().operations();
  }

  /** What the process that runs has refused. */
  RefusedMessages refused() {
    return current().refused();
  }

  CoordinatorCore.Stores stores() {
    return stores;
  }

  private Running current() {
    Running now = running;
    if (now == null) {
      throw new IllegalStateException("the coordinator does not run");
    }
    return now;
  }

  private static TransportSettings transportSettings() {
    return InMemoryNetwork.settings(CLIENT_ID);
  }

  @Override
  public void close() {
    database.close();
  }
}
