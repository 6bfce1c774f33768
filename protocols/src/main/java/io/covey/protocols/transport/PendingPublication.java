package io.covey.protocols.transport;

import io.covey.protocols.transport.PublishException.Reason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A publication and the promise to say what became of it. Told apart by identity. */
final class PendingPublication {
  private final Publication publication;
  private final CompletableFuture<Void> outcome = new CompletableFuture<>();

  PendingPublication(Publication publication) {
    this.publication = publication;
  }

  Publication publication() {
    return publication;
  }

  CompletionStage<Void> stage() {
    return outcome;
  }

  void succeed() {
    outcome.complete(null);
  }

  void fail(Reason reason, TransportSettings settings) {
    fail(
        reason,
        switch (reason) {
          case OUTBOX_FULL -> "the outbox is full: " + settings.outbox();
          case TOO_LARGE ->
              publication.payload().size()
                  + " bytes, expected at most "
                  + settings.maximumMessageBytes();
          case REFUSED_BY_BROKER -> "the broker refused it";
          case NOT_CONNECTED -> "there is no connection, and at QoS 0 it is not kept";
          case CLOSED -> "the transport is closed";
        });
  }

  void fail(Reason reason, String why) {
    outcome.completeExceptionally(
        new PublishException(reason, "message on " + publication.topic() + " not sent: " + why));
  }
}
