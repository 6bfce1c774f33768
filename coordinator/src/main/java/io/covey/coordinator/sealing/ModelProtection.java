package io.covey.coordinator.sealing;

import io.covey.coordinator.fleet.FleetMessenger;
import io.covey.coordinator.registry.ArtifactStore;
import io.covey.coordinator.registry.ModelStore;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.identity.Revocations;
import io.covey.crypto.primitive.RandomWords;
import io.covey.protocols.time.Scheduler;

/** What a coordinator needs so that its models travel sealed, wired together. */
public final class ModelProtection {
  private final ModelStore models;
  private final VersionSealer sealer;
  private final FleetKeys keys;
  private final FleetMessenger messenger;

  /** Where versions and keys are kept. */
  public record Stores(ModelStore models, ArtifactStore artifacts, KeyStore keys) {}

  /**
   * Whom the fleet's authority speaks for, and what keys are drawn from.
   *
   * @param random this object's alone
   */
  public record Surroundings(FleetVerifier verifier, Revocations revocations, RandomWords random) {}

  /**
   * On the owner's scheduler.
   *
   * @param messenger that tells agents what they are told
   */
  public ModelProtection(
      Scheduler scheduler, FleetMessenger messenger, Stores stores, Surroundings surroundings) {
    ContentKeys contentKeys = new ContentKeys();
    RandomWords random = new SharedRandom(surroundings.random());
    this.models = stores.models();
    this.sealer =
        new VersionSealer(
            surroundings.verifier().fleet(),
            stores.artifacts(),
            stores.keys(),
            contentKeys,
            random);
    this.keys =
        new FleetKeys(
            scheduler,
            messenger,
            new FleetKeys.Trust(surroundings.verifier(), surroundings.revocations()),
            new FleetKeys.Keys(stores.keys(), contentKeys, random));
    this.messenger = new KeyedMessenger(messenger, keys::wrapped);
  }

  public VersionSealer sealer() {
    return sealer;
  }

  public FleetKeys keys() {
    return keys;
  }

  /** The given one, which adds the keys to what it says. */
  public FleetMessenger messenger() {
    return messenger;
  }

  /**
   * The version with its keys at hand: sealed now, if it was stored by a coordinator that sealed
   * nothing. Blocks.
   */
  public VersionRecord recalled(VersionRecord version) {
    if (version.sealed().isEmpty()) {
      VersionRecord sealed = sealer.seal(version, VersionSealer.Before.NOTHING);
      models.setSealed(version.model(), version.version(), sealed.sealed().orElseThrow());
      return sealed;
    }
    sealer.recall(version, name -> models.version(name.model(), name.version()));
    return version;
  }
}
