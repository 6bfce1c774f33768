package io.covey.edgeagent.mqtt;

import io.covey.edgeagent.artifacts.ArtifactAssembly;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One try to come by an artifact without fetching the whole of it: looks for what it has a
 * difference to, fetches the difference, has the two put together, and deletes the difference
 * again. Whatever goes wrong ends the try, and the artifact is fetched as if there had been none.
 *
 * <p>Thread rule: the agent's scheduler only.
 */
final class DifferenceFetch {
  /** How often in a row nothing may come of the difference. */
  private static final int PATIENCE = 4;

  private final ArtifactStorage storage;
  private final ModelName model;
  private final ArtifactReference difference;
  private final ArtifactAssembly assembly;
  private final Surroundings surroundings;
  private final Listener listener;
  private ArtifactFetcher.@Nullable Ticket ticket;
  private @Nullable Sha256 base;
  private boolean over;

  /** How the try goes; one of the last three is called, once, unless it is cancelled. */
  interface Listener {
    /** The difference is being fetched. */
    void fetching();

    /** The storage is in the way of the difference for a reason; empty when it no longer is. */
    void stalled(String detail);

    /** There is nothing here that the difference could be added to. */
    void hasNoBase();

    /** The artifact is in the cache. */
    void made();

    /** It is not. {@code detail} is for people. */
    void failed(String detail);
  }

  /** What the try needs of the fetcher. */
  interface Surroundings {
    ArtifactFetcher.Ticket fetch(ArtifactReference difference, ArtifactFetcher.Listener arrival);

    /** What must not be deleted now. */
    UseCount inUse();
  }

  /**
   * @param storage of the artifact, which must have a difference
   */
  DifferenceFetch(
      ArtifactStorage storage,
      ModelName model,
      ArtifactAssembly assembly,
      Surroundings surroundings,
      Listener listener) {
    this.storage = storage;
    this.model = model;
    this.difference = storage.artifact().difference().orElseThrow().file();
    this.assembly = assembly;
    this.surroundings = surroundings;
    this.listener = listener;
  }

  /** How far the difference is; empty while none is fetched. */
  Optional<FetchProgress> progress() {
    return over ? Optional.empty() : Optional.ofNullable(ticket).map(fetch -> fetch.progress());
  }

  void begin() {
    storage
        .base(assembly, model)
        .whenComplete(
            (found, error) -> {
              if (over) {
                return;
              }
              if (error != null || found.isEmpty()) {
                // A base that cannot be read is none.
                over = true;
                listener.hasNoBase();
              } else {
                fetch(found.get());
              }
            });
  }

  private void fetch(ArtifactReference found) {
    base = found.digest();
    surroundings.inUse().begin(found.digest());
    surroundings.inUse().begin(difference.digest());
    listener.fetching();
    ticket =
        surroundings.fetch(
            difference,
            new ArtifactFetcher.Listener() {
              @Override
              public void fetched() {
                assemble(found);
              }

              @Override
              public void failed(String detail) {
                end(() -> listener.failed(detail));
              }

              @Override
              public void stalled(String detail) {
                listener.stalled(detail);
              }

              @Override
              public void fruitless(int times) {
                if (times >= PATIENCE) {
                  giveUp();
                }
              }
            });
  }

  private void giveUp() {
    ArtifactFetcher.Ticket fetching = ticket;
    if (fetching != null) {
      ticket = null;
      fetching.cancel();
      end(() -> listener.failed("nothing comes of the difference"));
    }
  }

  private void assemble(ArtifactReference found) {
    storage
        .assemble(assembly, model, found)
        .whenComplete(
            (done, error) -> {
              if (error == null) {
                end(listener::made);
              } else {
                Throwable cause = ArtifactStorage.cause(error);
                end(() -> listener.failed(String.valueOf(cause.getMessage())));
              }
            });
  }

  /** The difference goes first: what is fetched instead may need its room. */
  private void end(Runnable then) {
    release();
    storage
        .delete(difference.digest())
        .whenComplete(
            (done, error) -> {
              if (!over) {
                over = true;
                then.run();
              }
            });
  }

  private void release() {
    Sha256 held = base;
    if (held != null) {
      base = null;
      surroundings.inUse().end(difference.digest());
      surroundings.inUse().end(held);
    }
  }

  /** Nothing is called any more; what was fetched stays for the next try, or is cleaned up. */
  void cancel() {
    if (!over) {
      over = true;
      release();
      ArtifactFetcher.Ticket fetching = ticket;
      if (fetching != null) {
        fetching.cancel();
      }
    }
  }
}
