package io.covey.edgeagent.app;

import com.google.protobuf.ByteString;
import io.covey.crypto.identity.EncryptionIdentity;
import io.covey.edgeagent.sealing.ArtifactOpener;
import io.covey.edgeagent.sealing.KeyRing;
import io.covey.edgeagent.sealing.OpeningRefusedException;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.GroupKeyGranted;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.WrappedContentKey;
import io.covey.protocols.message.WrappedContentKey.KeyName;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of an agent, and whoever waits for one: a version and its keys come on ways of their
 * own, in any order. Runs on the agent's scheduler.
 */
final class ModelOpening {
  private static final Logger LOG = LoggerFactory.getLogger(ModelOpening.class);

  /** For a key to come after its version; it is taken in later all the same. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final AgentId agent;
  private final Scheduler scheduler;
  private final Optional<EncryptionIdentity> identity;
  private final KeyRing ring;
  private final ArtifactOpener opener;
  private final List<Waiter> waiters = new ArrayList<>();
  private final Set<ModelManifest> keyless = new LinkedHashSet<>();
  private Consumer<ModelManifest> lateListener = manifest -> {};

  /** What an agent opens models with. */
  record Means(Optional<EncryptionIdentity> identity, KeyRing ring, ArtifactOpener opener) {}

  ModelOpening(AgentId agent, Scheduler scheduler, Means means) {
    this.agent = agent;
    this.scheduler = scheduler;
    this.identity = means.identity();
    this.ring = means.ring();
    this.opener = means.opener();
  }

  /** Somebody who waits until files can be opened. */
  private record Waiter(
      ModelManifest manifest, List<ArtifactReference> files, Runnable ready, Scheduler.Timer end) {}

  ArtifactOpener opener() {
    return opener;
  }

  /** Wrapped keys, for the worker that notes what is served. */
  KeyRing ring() {
    return ring;
  }

  /** What is announced at every connect; empty for an agent that can open nothing. */
  Optional<ByteString> announcement() {
    return identity.map(own -> ByteString.copyFrom(own.certificate().encode().toBytes()));
  }

  /** Is told of versions that were refused for want of a key which has come. */
  void whenKeysComeLate(Consumer<ModelManifest> listener) {
    lateListener = listener;
  }

  /** Whose keys must outlive a restart. */
  void setNeeded(Collection<ModelManifest> manifests) {
    Set<KeyName> names = new HashSet<>();
    for (ModelManifest manifest : manifests) {
      for (ArtifactReference artifact : manifest.artifacts()) {
        artifact.sealing().ifPresent(s -> names.add(new KeyName(manifest.model(), s.keyVersion())));
      }
    }
    ring.setNeeded(names);
  }

  void take(List<WrappedContentKey> keys) {
    if (ring.take(keys)) {
      changed();
    }
  }

  void granted(GroupKeyGranted key) {
    if (ring.grant(key)) {
      LOG.info("{}: has the fleet's key of epoch {}", agent, key.epoch());
      changed();
    }
  }

  /**
   * Calls {@code ready} as soon as everything is there that opens these files, perhaps at once; or
   * {@code refused}, with what is missing, when that takes too long.
   */
  void whenOpenable(
      ModelManifest manifest,
      List<ArtifactReference> files,
      Runnable ready,
      Consumer<String> refused) {
    if (opener.lacks(manifest.model(), files).isEmpty()) {
      ready.run();
      return;
    }
    Waiter[] waiter = new Waiter[1];
    Scheduler.Timer end =
        scheduler.schedule(
            PATIENCE,
            () -> {
              if (waiters.remove(waiter[0])) {
                keyless.add(manifest);
                refused.accept(opener.lacks(manifest.model(), files).orElse("a key came late"));
              }
            });
    waiter[0] = new Waiter(manifest, files, ready, end);
    waiters.add(waiter[0]);
  }

  /** Notes why a version could not be loaded: another key may help. */
  void failed(ModelManifest manifest, @Nullable Throwable error) {
    if (refusal(error).filter(OpeningRefusedException::keyMissing).isPresent()) {
      keyless.add(manifest);
    }
  }

  /** The refusal to open something that {@code error} is, if it is one. */
  static Optional<OpeningRefusedException> refusal(@Nullable Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
    return cause instanceof OpeningRefusedException refused
        ? Optional.of(refused)
        : Optional.empty();
  }

  private void changed() {
    for (Waiter waiter : List.copyOf(waiters)) {
      boolean openable = opener.lacks(waiter.manifest().model(), waiter.files()).isEmpty();
      if (openable && waiters.remove(waiter)) {
        waiter.end().cancel();
        waiter.ready().run();
      }
    }
    List<ModelManifest> late = List.copyOf(keyless);
    keyless.clear();
    late.forEach(lateListener);
    var unused =
        scheduler
            .offload(
                new Workload(Workload.Kind.STORAGE, 0),
                () -> {
                  ring.store();
                  return true;
                })
            .whenComplete(
                (done, error) -> {
                  if (error != null) {
                    LOG.warn("{}: could not note its keys: {}", agent, error.getMessage());
                  }
                });
  }

  /** Nobody waits any more. */
  void close() {
    waiters.forEach(waiter -> waiter.end().cancel());
    waiters.clear();
    keyless.clear();
  }
}
