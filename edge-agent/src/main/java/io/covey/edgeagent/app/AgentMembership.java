package io.covey.edgeagent.app;

import io.covey.crypto.identity.JoinToken;
import io.covey.crypto.identity.x509.DeviceFiles;
import io.covey.crypto.identity.x509.Membership;
import io.covey.edgeagent.config.AgentSettings;
import io.covey.edgeagent.enrolment.MembershipKeeper;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.settings.Secret;
import io.covey.protocols.time.ExecutorScheduler;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.WorkerPool;
import io.covey.protocols.time.Workload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the agent's commands become and remain members of a fleet. Blocks. */
final class AgentMembership {
  private static final Logger LOG = LoggerFactory.getLogger(AgentMembership.class);
  private static final Duration LOOK_INTERVAL = Duration.ofMinutes(30);
  private static final Workload LOOK = new Workload(Workload.Kind.STORAGE, 0);

  private AgentMembership() {}

  /**
   * The membership that is kept in the data directory, or that a join token gives now; empty for an
   * agent with neither.
   *
   * @throws CommandFailedException that says what to do
   */
  static Optional<MembershipKeeper> of(AgentSettings settings) throws InterruptedException {
    Path directory = settings.identityDirectory();
    DeviceFiles files = MembershipKeeper.files(directory);
    try {
      if (!files.hasMembership() && settings.identity().joinToken().isPresent()) {
        try (Secret text = settings.identity().joinToken().get();
            JoinToken token = tokenIn(text)) {
          requireOwn(settings, enrol(directory, token));
        }
      }
      if (!files.hasMembership()) {
        requireNoTls(settings);
        return Optional.empty();
      }
      MembershipKeeper keeper = MembershipKeeper.open(directory);
      requireOwn(settings, keeper.membership());
      return Optional.of(keeper);
    } catch (IOException | IllegalArgumentException e) {
      throw CommandFailedException.failed(
              String.valueOf(e.getMessage()), "see `covey agent enrol --help`")
          .causedBy(e);
    }
  }

  private static JoinToken tokenIn(Secret text) {
    byte[] revealed = text.revealCopy();
    try {
      return JoinToken.parse(new String(revealed, StandardCharsets.US_ASCII));
    } finally {
      Arrays.fill(revealed, (byte) 0);
    }
  }

  private static void requireNoTls(AgentSettings settings) {
    if (settings.broker().needsEnrolment()) {
      throw CommandFailedException.usage(
          "broker.uri asks for TLS, and this agent has not enrolled: "
              + settings.identityDirectory()
              + " holds no membership",
          "enrol it with `covey agent enrol`, or name a join token as identity.join-token-file");
    }
  }

  private static void requireOwn(AgentSettings settings, Membership membership) {
    if (!membership.agent().equals(settings.id()) || !membership.fleet().equals(settings.fleet())) {
      throw CommandFailedException.usage(
          "this agent has enrolled as %s of fleet %s"
              .formatted(membership.agent(), membership.fleet()),
          "set id and fleet to these, or use another data directory");
    }
  }

  /** Enrols, and keeps what it got. */
  static Membership enrol(Path directory, JoinToken token)
      throws IOException, InterruptedException {
    Membership membership = MembershipKeeper.enrol(directory, token);
    LOG.info(
        "enrolled as {} of fleet {}, valid until {}",
        membership.agent(),
        membership.fleet(),
        membership.certificates().facts().validity().notAfter());
    return membership;
  }

  /** From now on looks every half hour, on threads that do not keep the process alive. */
  static void keepRenewed(MembershipKeeper keeper) {
    WorkerPool worker = new WorkerPool("covey-membership", 1);
    keepRenewed(
        keeper, new ExecutorScheduler("covey-membership-timer", worker), InstantSource.system());
  }

  /**
   * The same with another timer.
   *
   * @param clock the device's, which may be set while this runs, as a scheduler's is not
   */
  static void keepRenewed(MembershipKeeper keeper, Scheduler scheduler, InstantSource clock) {
    var unused =
        scheduler
            .offload(LOOK, () -> keeper.look(clock.instant()))
            .handle(
                (step, failure) -> {
                  if (failure != null) {
                    LOG.error("the membership could not be looked after", failure);
                  }
                  // After a failure, too.
                  return scheduler.schedule(
                      LOOK_INTERVAL, () -> keepRenewed(keeper, scheduler, clock));
                });
  }
}
