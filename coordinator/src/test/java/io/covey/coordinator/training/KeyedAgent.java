package io.covey.coordinator.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.crypto.envelope.ContentBinding;
import io.covey.crypto.envelope.ContentKey;
import io.covey.crypto.envelope.FileOpener;
import io.covey.crypto.envelope.GroupEpoch;
import io.covey.crypto.envelope.GroupKey;
import io.covey.crypto.envelope.GroupWrappedKey;
import io.covey.crypto.envelope.KeyWrapping;
import io.covey.crypto.envelope.KeyWrapping.EpochKey;
import io.covey.crypto.envelope.OpeningResult;
import io.covey.crypto.envelope.SealedArtifact;
import io.covey.crypto.envelope.WrappedKey;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.EncryptionIdentity;
import io.covey.crypto.message.AgentMessageGuard;
import io.covey.crypto.message.AgentMessageGuard.Heard;
import io.covey.crypto.primitive.AesGcm;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Sealing;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.EncryptionKeyAnnounced;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.GroupKeyGranted;
import io.covey.protocols.message.Message;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.Presence;
import io.covey.protocols.message.WrappedContentKey;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.topic.AgentChannel;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.protocols.transport.InboundMessage;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.Publication;
import io.covey.protocols.transport.QualityOfService;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An agent that announces its encryption key, and tries to open what the coordinator says. */
final class KeyedAgent implements MqttTransport.Listener {
  private static final KeyWrapping WRAPPING = new KeyWrapping(new XWing(), new AesGcm());

  final AgentId id;
  final List<GroupKeyGranted> granted = new ArrayList<>();
  final List<DesiredState> desired = new ArrayList<>();
  private final FleetId fleet;
  private final EncryptionIdentity identity;
  private final Topics topics;
  private final MqttTransport transport;
  private final AgentMessageGuard guard;
  private final String bootId;
  private final VirtualTime time;
  private long sequence = 1 + AgentMessageGuard.WILL_SEQUENCE;

  /** Who speaks, and what it announces: not always its own. */
  record Identities(AgentIdentity signing, EncryptionIdentity announced) {}

  KeyedAgent(VirtualTime time, InMemoryNetwork network, String run, Identities identities) {
    this.id = identities.signing().agent();
    this.fleet = identities.signing().fleet();
    this.identity = identities.announced();
    this.time = time;
    this.bootId = "boot" + run;
    this.guard = new AgentMessageGuard(identities.signing(), new Ed25519(), bootId);
    this.topics = new Topics(fleet);
    this.transport = network.connect(InMemoryNetwork.settings(id + run));
    transport.subscribe(topics.toAgent(id), QualityOfService.AT_LEAST_ONCE);
    transport.open(this);
  }

  @Override
  public void onConnected(boolean sessionPresent) {
    appear();
  }

  private void appear() {
    say(AgentChannel.PRESENCE, new Presence(true, "test"));
    announce();
  }

  void announce() {
    byte[] certificate = identity.certificate().encode().toBytes();
    say(AgentChannel.ENCRYPTION_KEY, new EncryptionKeyAnnounced(ByteString.copyFrom(certificate)));
  }

  private void say(AgentChannel channel, Message message) {
    String topic = topics.agent(id, channel);
    ByteString payload =
        guard.sign(
            topic, new Envelope(bootId, sequence++, message), Duration.ofDays(1), time.now());
    var unused =
        transport.publish(new Publication(topic, payload, QualityOfService.AT_LEAST_ONCE, false));
  }

  @Override
  public void onDisconnected(String reason) {}

  @Override
  public void onMessage(InboundMessage message) {
    message.acknowledge().run();
    try {
      Heard heard = guard.open(message.topic(), message.payload(), time.now());
      if (heard instanceof Heard.Greeted) {
        appear();
      } else if (heard instanceof Heard.Said said) {
        Message body = MessageCodec.decode(said.envelope()).body();
        if (body instanceof GroupKeyGranted key) {
          granted.add(key);
        } else if (body instanceof DesiredState state) {
          desired.add(state);
        }
      }
    } catch (DecodeException e) {
      // Said to another run of this agent.
      assertThat(e.kind()).isEqualTo(DecodeException.Kind.EARLIER_RUN);
    }
  }

  GroupKeyGranted lastGranted() {
    return granted.get(granted.size() - 1);
  }

  DesiredState lastDesired() {
    return desired.get(desired.size() - 1);
  }

  /** The plaintext of a sealed file with whatever this agent was given; empty if it cannot. */
  Optional<byte[]> open(
      ModelManifest manifest,
      ArtifactReference artifact,
      List<WrappedContentKey> keys,
      byte[] sealedFile) {
    Sealing sealing = artifact.sealing().orElseThrow();
    SealedArtifact expected = SealedArtifact.of(fleet, manifest.model(), artifact).orElseThrow();
    for (WrappedContentKey key : keys) {
      if (key.of().model().equals(manifest.model())
          && key.of().version().equals(sealing.keyVersion())) {
        return contentKey(key).flatMap(content -> open(content, expected, sealedFile));
      }
    }
    return Optional.empty();
  }

  private static Optional<byte[]> open(ContentKey key, SealedArtifact expected, byte[] sealedFile) {
    ByteArrayOutputStream plaintext = new ByteArrayOutputStream();
    try {
      OpeningResult result =
          new FileOpener()
              .open(
                  key,
                  expected.file(),
                  expected.content(),
                  new ByteArrayInputStream(sealedFile),
                  plaintext);
      return result instanceof OpeningResult.Opened
          ? Optional.of(plaintext.toByteArray())
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<ContentKey> contentKey(WrappedContentKey key) {
    ContentBinding binding =
        new ContentBinding(fleet, key.of().model(), key.of().version(), key.files());
    for (GroupKeyGranted grant : granted) {
      GroupEpoch epoch = GroupEpoch.of(fleet, grant.epoch());
      Optional<GroupKey> group =
          WrappedKey.decode(Octets.owning(grant.wrapped().toByteArray()))
              .flatMap(wrapped -> WRAPPING.open(wrapped, epoch, id, identity.decapsulation()));
      Optional<ContentKey> opened =
          group.flatMap(
              g ->
                  GroupWrappedKey.decode(Octets.owning(key.wrapped().toByteArray()))
                      .flatMap(w -> WRAPPING.open(w, binding, new EpochKey(epoch, g))));
      if (opened.isPresent()) {
        return opened;
      }
    }
    return Optional.empty();
  }
}
