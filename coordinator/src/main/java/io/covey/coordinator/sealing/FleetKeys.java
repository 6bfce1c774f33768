package io.covey.coordinator.sealing;

import com.google.protobuf.ByteString;
import io.covey.coordinator.fleet.FleetMessenger;
import io.covey.coordinator.sealing.MemberDirectory.Admission;
import io.covey.crypto.envelope.KeyWrapping;
import io.covey.crypto.envelope.KeyWrapping.EpochKey;
import io.covey.crypto.identity.EncryptionCertificate;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.identity.Revocations;
import io.covey.crypto.primitive.AesGcm;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.GroupKeyGranted;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.WrappedContentKey;
import io.covey.protocols.time.Scheduler;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives members the fleet's key, a new one to all others when one of them is revoked, and wraps
 * content keys for those who have it.
 *
 * <p>Thread rule: the owner's scheduler only, but for {@link #load}. Public-key work is done on
 * workers, one piece after the other and not many members at a time, so that an agent that has just
 * come does not wait for ten thousand others.
 */
public final class FleetKeys {
  private static final Logger LOG = LoggerFactory.getLogger(FleetKeys.class);
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final int GRANTS_AT_A_TIME = 32;

  private final Scheduler scheduler;
  private final FleetMessenger messenger;
  private final FleetVerifier verifier;
  private final CertificateCheck check;
  private final KeyStore store;
  private final RandomWords random;
  private final KeyWrapping wrapping = new KeyWrapping(new XWing(), new AesGcm());
  private final WrappedKeys wrapped;
  private final SerialWork work;
  private final Map<AgentId, EncryptionCertificate> waiting = new HashMap<>();
  private final Map<AgentId, Given> given = new LinkedHashMap<>();
  private final KeyRefusals refusals = new KeyRefusals();

  /** Whom the store has kept from being admitted. */
  private final Map<AgentId, EncryptionCertificate> postponed = new LinkedHashMap<>();

  private volatile @Nullable MemberDirectory directory;
  private Runnable epochListener = () -> {};
  private KeyWatcher watcher = KeyWatcher.NONE;
  private Scheduler.@Nullable Timer retry;

  /** What an agent was given, and for which certificate. */
  private record Given(EncryptionCertificate certificate, GroupKeyGranted key) {}

  /** Whom the fleet's authority speaks for. */
  record Trust(FleetVerifier verifier, Revocations revocations) {}

  /** Where keys are. */
  record Keys(KeyStore store, ContentKeys contentKeys, RandomWords random) {}

  FleetKeys(Scheduler scheduler, FleetMessenger messenger, Trust trust, Keys keys) {
    this.scheduler = scheduler;
    this.messenger = messenger;
    this.verifier = trust.verifier();
    this.check = new CertificateCheck(verifier.fleet(), trust.revocations(), scheduler);
    this.store = keys.store();
    this.random = keys.random();
    this.work = new SerialWork(scheduler);
    this.wrapped = new WrappedKeys(verifier.fleet(), keys.contentKeys(), wrapping, random);
    trust.revocations().whenTaken(() -> scheduler.execute(this::heedRevocations));
  }

  /** Takes up what an earlier run left. Blocks; before everything else. */
  public void load() {
    MemberDirectory opened = MemberDirectory.open(verifier, wrapping, store, random);
    directory = opened;
    wrapped.begin(opened.present());
  }

  /** Is run when a new epoch has begun and its members have been given its key. */
  public void whenEpochBegins(Runnable listener) {
    epochListener = listener;
  }

  /** Who else hears of epochs and refusals. */
  public void watch(KeyWatcher newWatcher) {
    watcher = newWatcher;
  }

  /** The content keys of these versions, for everybody who has the present epoch's key. */
  List<WrappedContentKey> wrapped(List<ModelManifest> manifests) {
    return wrapped.of(manifests);
  }

  /** The present epoch, from 1; 0 before keys are loaded. From any thread. */
  public long epoch() {
    return wrapped.epoch();
  }

  /** Announcements that led to nothing; from any thread. */
  public long refusals() {
    return refusals.count();
  }

  /** An agent says what its encryption key is. */
  public void announced(AgentId agent, ByteString encoded) {
    Optional<EncryptionCertificate> certificate =
        EncryptionCertificate.decode(Octets.owning(encoded.toByteArray()));
    Optional<String> objection =
        certificate.isEmpty()
            ? Optional.of("no encryption certificate")
            : check.objection(agent, certificate.get());
    if (objection.isPresent()) {
      refuse(agent, objection.get());
      return;
    }
    EncryptionCertificate shown = certificate.orElseThrow();
    Given before = given.get(agent);
    if (before != null && before.certificate().equals(shown) && before.key().epoch() == epoch()) {
      send(agent, before.key());
    } else if (waiting.put(agent, shown) == null) {
      admitNext(agent);
    }
  }

  /** What was announced last, when its turn comes. */
  private void admitNext(AgentId agent) {
    var unused =
        work.add(1, () -> true)
            .thenCompose(
                turn -> {
                  EncryptionCertificate shown = waiting.remove(agent);
                  return work.add(1, () -> shown == null ? null : admission(shown))
                      .whenComplete((admission, failure) -> admitted(shown, admission, failure));
                });
  }

  /** On a worker; what has come to light since the announcement counts. */
  private Admission admission(EncryptionCertificate shown) {
    return check.isRevoked(shown)
        ? new Admission.Refused("a revoked encryption certificate")
        : members().admit(shown);
  }

  private void admitted(
      @Nullable EncryptionCertificate shown,
      @Nullable Admission admission,
      @Nullable Throwable failure) {
    if (shown == null) {
      return;
    }
    AgentId agent = shown.agent();
    if (failure != null) {
      postponed.put(agent, shown);
      retrySoon("the fleet's key could not be given to " + agent, failure);
    } else if (admission instanceof Admission.Refused refused) {
      refuse(agent, refused.reason());
    } else if (admission instanceof Admission.Granted granted) {
      give(agent, shown, granted.key());
    }
    tellWhatBegan();
  }

  private void refuse(AgentId agent, String reason) {
    refusals.add(agent, reason);
    watcher.refused(agent, reason);
  }

  /** Once for all that fails meanwhile: a store that is away fails for everybody. */
  private void retrySoon(String what, Throwable failure) {
    if (retry == null) {
      LOG.error("{}; again in {} s", what, RETRY.toSeconds(), failure);
      retry = scheduler.schedule(RETRY, this::tryAgain);
    }
  }

  private void tryAgain() {
    retry = null;
    heedRevocations();
    Map<AgentId, EncryptionCertificate> again = new LinkedHashMap<>(postponed);
    postponed.clear();
    again.forEach(
        (agent, shown) -> {
          // What was announced meanwhile is newer.
          if (waiting.putIfAbsent(agent, shown) == null) {
            admitNext(agent);
          }
        });
  }

  private void give(AgentId agent, EncryptionCertificate certificate, GroupKeyGranted key) {
    given.put(agent, new Given(certificate, key));
    send(agent, key);
  }

  private void send(AgentId agent, GroupKeyGranted key) {
    var unused = messenger.sendKey(agent, key);
  }

  /** Whoever was revoked, or whose certificate has ended, gets no later key. */
  private void heedRevocations() {
    var unused =
        work.add(
                1,
                () -> {
                  members().putOut(check::isOver);
                  return true;
                })
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    retrySoon("a new key of the fleet could not be stored", failure);
                  }
                  tellWhatBegan();
                });
  }

  /** An epoch that has been stored, by whichever piece of work, and of which nobody knows yet. */
  private void tellWhatBegan() {
    var unused =
        work.add(1, () -> members().takeBegun().map(why -> new Begun(members().present(), why)))
            .thenAccept(begun -> begun.ifPresent(this::begin));
  }

  private record Begun(EpochKey key, String why) {}

  private void begin(Begun begun) {
    wrapped.begin(begun.key());
    LOG.info("epoch {} of the fleet's key begins: {}", epoch(), begun.why());
    watcher.epochBegan(epoch(), begun.why());
    giveToAll();
  }

  /** Everybody is told again; after the broker has lost what it had kept. */
  public void repeat() {
    giveToAll();
  }

  private void giveToAll() {
    var unused =
        work.add(1, () -> List.copyOf(members().members()))
            .thenAccept(agents -> giveTo(agents, epoch()));
  }

  /** A few, then the rest. */
  private void giveTo(List<AgentId> agents, long ofEpoch) {
    if (ofEpoch != epoch()) {
      // A later epoch has begun, and its keys are on their way to everybody.
      return;
    }
    if (agents.isEmpty()) {
      epochListener.run();
      return;
    }
    int now = Math.min(GRANTS_AT_A_TIME, agents.size());
    List<AgentId> some = agents.subList(0, now);
    var unused =
        work.add(now, () -> members().grants(some))
            .whenComplete(
                (grants, failure) -> {
                  if (failure != null) {
                    LOG.error("{} members could not be given the fleet's key", now, failure);
                  } else {
                    grants.forEach(this::giveAgain);
                  }
                  giveTo(agents.subList(now, agents.size()), ofEpoch);
                });
  }

  private void giveAgain(AgentId agent, GroupKeyGranted key) {
    Given before = given.get(agent);
    if (before != null) {
      given.put(agent, new Given(before.certificate(), key));
    }
    send(agent, key);
  }

  private MemberDirectory members() {
    MemberDirectory opened = directory;
    if (opened == null) {
      throw new IllegalStateException("the fleet's keys have not been loaded");
    }
    return opened;
  }
}
