package io.covey.coordinator.training;

import io.covey.coordinator.delivery.BlockServer;
import io.covey.coordinator.fleet.AgentMessages;
import io.covey.coordinator.fleet.Fleet;
import io.covey.coordinator.release.RevocationNotice;
import io.covey.coordinator.sealing.FleetKeys;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.ChunksWanted;
import io.covey.protocols.message.EncryptionKeyAnnounced;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.Message;
import io.covey.protocols.message.Presence;
import io.covey.protocols.message.ReportedState;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.Telemetry;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sorts what agents say. Thread rule: the owner's scheduler only. */
final class Inbox implements AgentMessages {
  private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

  private final Fleet fleet;
  private final Trainer trainer;
  private final FleetKeys keys;
  private final BlockServer blocks;
  private final RevocationNotice revocations;

  /** What is newest was published at the start, before the first contact. */
  private boolean reachedBefore;

  /** Who answers what is neither of the fleet's state nor of a round, or says it again. */
  record Services(FleetKeys keys, BlockServer blocks, RevocationNotice revocations) {}

  Inbox(Fleet fleet, Trainer trainer, Services services) {
    this.fleet = fleet;
    this.trainer = trainer;
    this.keys = services.keys();
    this.blocks = services.blocks();
    this.revocations = services.revocations();
  }

  @Override
  public void received(AgentId agent, Envelope envelope, int bytes) {
    Message body = envelope.body();
    if (body instanceof Presence presence) {
      fleet.onPresence(agent, envelope, presence);
    } else if (body instanceof ReportedState reported) {
      fleet.onReported(agent, envelope, reported);
    } else if (body instanceof Telemetry counters) {
      fleet.onTelemetry(agent, envelope, counters);
    } else if (body instanceof EncryptionKeyAnnounced announced) {
      fleet.onSign(agent, envelope);
      keys.announced(agent, announced.certificate());
    } else if (body instanceof ChunksWanted wanted) {
      fleet.onSign(agent, envelope);
      blocks.wanted(agent, wanted);
    } else if (body instanceof RoundMessage said) {
      fleet.onSign(agent, envelope);
      trainer.received(agent, said, bytes);
    }
  }

  @Override
  public void brokerReached(boolean sessionPresent) {
    LOG.info("connected to the broker{}", sessionPresent ? ", which kept the session" : "");
    trainer.setObstacles(List.of());
    if (!sessionPresent && reachedBefore) {
      keys.repeat();
      revocations.republish();
      trainer.brokerForgot();
    }
    reachedBefore = true;
  }

  @Override
  public void brokerLost(String reason) {
    LOG.warn("lost the broker: {}", reason);
    trainer.setObstacles(List.of("the broker cannot be reached: " + reason));
  }
}
