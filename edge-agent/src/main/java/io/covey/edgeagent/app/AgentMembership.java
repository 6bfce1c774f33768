package io.covey.edgeagent.app;

import io.covey.crypto.identity.JoinToken;
import io.covey.crypto.identity.x509.DeviceFiles;
import io.covey.crypto.identity.x509.Membership;
import io.covey.crypto.identity.x509.SoftwareDeviceKeys;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.edgeagent.config.AgentSettings;
import io.covey.edgeagent.enrolment.IssuerClient;
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
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the agent's commands become and remain members of a fleet. Blocks. */
final class AgentMembership {
  private static final Logger LOG = LoggerFactory.getLogger(AgentMembership.class);
  private static final SoftwareDeviceKeys.Primitives PRIMITIVES =
      new SoftwareDeviceKeys.Primitives(new Ed25519(), new XWing());
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
    DeviceFiles files = files(settings.identityDirectory());
    try {
      if (!files.hasMembership() && settings.identity().joinToken().isPresent()) {
        try (Secret text = settings.identity().joinToken().get();
            JoinToken token = tokenIn(text)) {
          requireOwn(settings, enrol(files, token));
        }
      }
      if (!files.hasMembership()) {
        requireNoTls(settings);
        return Optional.empty();
      }
      MembershipKeeper keeper =
          MembershipKeeper.open(files, client(), new SecureRandom().nextDouble());
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
    return enrol(files(directory), token);
  }

  private static Membership enrol(DeviceFiles files, JoinToken token)
      throws IOException, InterruptedException {
    if (token.hasExpired(Instant.now())) {
      throw new IOException("the join token ended at " + token.expiry() + "; get a new one");
    }
    Membership membership =
        MembershipKeeper.enrol(files, client(), token, AesCtrRandomWords.fromSystemRandomness());
    LOG.info(
        "enrolled as {} of fleet {}, valid until {}",
        membership.agent(),
        membership.fleet(),
        membership.certificates().facts().validity().notAfter());
    return membership;
  }

  static DeviceFiles files(Path directory) {
    return new DeviceFiles(directory, PRIMITIVES);
  }

  private static IssuerClient client() {
    return new IssuerClient(InstantSource.system(), PRIMITIVES.signer());
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
