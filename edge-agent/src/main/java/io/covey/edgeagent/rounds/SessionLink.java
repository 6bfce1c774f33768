package io.covey.edgeagent.rounds;

import io.covey.protocols.message.RoundMessage;
import java.util.concurrent.CompletionStage;

/** The way to the coordinator. */
@FunctionalInterface
public interface SessionLink {
  /** Completes when the broker has the message, and fails when it cannot be had to take it. */
  CompletionStage<Void> publish(RoundMessage message);
}
