package io.covey.edgeagent.app;

import io.covey.crypto.identity.JoinToken;
import io.covey.crypto.identity.x509.DeviceFiles;
import io.covey.crypto.identity.x509.Membership;
import io.covey.edgeagent.config.AgentSettings;
import io.covey.edgeagent.enrolment.MembershipKeeper;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.settings.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the agent's commands become and remain members of a fleet. Blocks. */
final class AgentMembership {
  private static final Logger LOG = LoggerFactory.getLogger(AgentMembership.class);
  private static final long LOOK_MINUTES = 30;

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

  /** From now on looks every half hour, on a thread that does not keep the process alive. */
  static void keepRenewed(MembershipKeeper keeper) {
    ScheduledThreadPoolExecutor thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread daemon = new Thread(task, "covey-membership");
              daemon.setDaemon(true);
              return daemon;
            });
    var unused =
        thread.scheduleWithFixedDelay(() -> look(keeper), 0, LOOK_MINUTES, TimeUnit.MINUTES);
  }

  private static void look(MembershipKeeper keeper) {
    try {
      var unused = keeper.look(Instant.now());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // The next look is due all the same.
      LOG.error("the membership could not be looked after", e);
    }
  }
}
