package io.covey.simulator.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.privacy.Contribution;
import io.covey.crypto.privacy.UpdateEncoder;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.crypto.secagg.ModularVector;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.LocalTraining;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SecureAggregationTerms;
import io.covey.protocols.message.SecureAggregationTerms.Adversary;
import io.covey.protocols.message.SignedMessage;
import io.covey.protocols.message.UpdateChunk;
import io.covey.protocols.message.UpdateEncoding;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.topic.RoundStep;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.protocols.transport.InboundMessage;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.NetworkFaults;
import io.covey.protocols.transport.Publication;
import io.covey.protocols.transport.QualityOfService;
import io.covey.simulator.demo.DemoModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A tap on a broker on which a model goes by, sealed or not. */
class WireTapTest {
  private static final Topics TOPICS = new Topics(new FleetId("home"));
  private static final ModelName DIGITS = new ModelName("digits");
  private static final int CHUNK = 4096;

  private final VirtualTime time = new VirtualTime(Instant.EPOCH);
  private final InMemoryNetwork network = new InMemoryNetwork(time, 1, NetworkFaults.NONE);
  private final MqttTransport coordinator =
      network.connect(InMemoryNetwork.settings("coordinator"));
  private final WireTap tap = new WireTap(TOPICS.fleet());
  private final byte[] model = DemoModel.graph();

  WireTapTest() {
    network.observe(m -> tap.observe(m.publication().topic(), m.publication().payload()));
    coordinator.open(new Silent());
  }

  private void publish(byte[] file) {
    Sha256 digest = Sha256.of(file);
    for (int i = 0; i * CHUNK < file.length; i++) {
      int length = Math.min(CHUNK, file.length - i * CHUNK);
      ArtifactChunk chunk =
          new ArtifactChunk(digest, i, ByteString.copyFrom(file, i * CHUNK, length));
      publish(
          TOPICS.artifactChunk(DIGITS, digest, i),
          signed(MessageCodec.encode(new Envelope("boot", i, chunk))));
    }
    time.runFor(Duration.ofSeconds(5));
  }

  /** A tap reads without verifying: a signature of zeros is as good as any. */
  private static ByteString signed(ByteString envelope) {
    SignedMessage.Header header =
        new SignedMessage.Header("", 1, 0, 0, new SignedMessage.Period(0, 1), ByteString.EMPTY);
    ByteString nobodys = ByteString.copyFrom(new byte[Limits.SIGNATURE_BYTES]);
    return new SignedMessage(header, envelope, nobodys).encode();
  }

  private void publish(String topic, ByteString payload) {
    var unused =
        coordinator.publish(new Publication(topic, payload, QualityOfService.AT_LEAST_ONCE, true));
  }

  private byte[] noise(long seed) {
    byte[] noise = new byte[model.length];
    new Random(seed).nextBytes(noise);
    return noise;
  }

  @Test
  void anUnsealedModelThatGoesByIsRead() {
    publish(noise(1));
    assertThat(tap.findings(List.of(model)).modelEncrypted()).isTrue();
    publish(model);
    WireTap.Findings findings = tap.findings(List.of(model, noise(2)));
    assertThat(findings.modelEncrypted()).isFalse();
    assertThat(findings.modelFiles()).isEqualTo(2);
    assertThat(findings.readableFiles()).isEqualTo(1);
  }

  @Test
  void onePieceOfAModelInWhateverMessageIsRead() {
    publish(noise(1));
    assertThat(tap.findings(List.of(model)).modelEncrypted()).isTrue();
    // Nothing that the fleet would say, on no topic of its own, and in the midst of other bytes.
    ByteString piece =
        ByteString.copyFrom(model, model.length / 3, PassedContent.SHORTEST_FOUND_BYTES);
    ByteString message =
        ByteString.copyFrom(noise(3), 0, 77)
            .concat(piece)
            .concat(ByteString.copyFrom(noise(4), 0, 99));
    publish("elsewhere", message);
    time.runFor(Duration.ofSeconds(5));
    assertThat(tap.findings(List.of(model)).modelEncrypted()).isFalse();
  }

  @Test
  void whatNobodyLookedForOrWhatDidNotPassIsNoProof() {
    assertThat(tap.findings(List.of(model)).modelEncrypted()).isFalse();
    publish(noise(1));
    assertThat(tap.findings(List.of(model)).modelEncrypted()).isTrue();
    assertThat(tap.findings(List.of()).modelEncrypted()).isFalse();
    // Too short, and all the same: neither could be told from anything else.
    List<byte[]> futile = List.of(new byte[100], new byte[100_000]);
    assertThat(tap.findings(futile).modelFiles()).isZero();
    assertThat(tap.findings(futile).modelEncrypted()).isFalse();
  }

  private static final RoundId ROUND = new RoundId("round");
  private static final AgentId KITCHEN = new AgentId("kitchen");
  private static final UpdateEncoding ENCODING = new UpdateEncoding(1000, 12, 16, 4f, 512, 16f);

  private void invite(UpdateEncoding encoding) {
    ModelManifest base =
        new ModelManifest(
            DIGITS,
            new ModelVersion(1),
            List.of(new ArtifactReference(Role.GRAPH, Sha256.of(model), model.length, CHUNK)));
    RoundPlan plan =
        new RoundPlan(
            ROUND,
            base,
            new LocalTraining(1, 10, 0.1f, 0),
            encoding,
            4,
            4,
            Duration.ofMinutes(1),
            new SecureAggregationTerms(
                3, 2, Adversary.SEMI_MALICIOUS, 0.1, 0.1, 40, 30, Duration.ofSeconds(10)),
            RoundPlan.unsigned());
    say(RoundStep.PLAN, plan);
  }

  private void say(RoundStep step, RoundMessage message) {
    publish(
        TOPICS.round(KITCHEN, ROUND, step),
        signed(MessageCodec.encode(new Envelope("boot", 1, message))));
    time.runFor(Duration.ofSeconds(5));
  }

  /** In two chunks, the second of which is short. */
  private void report(ByteString words) {
    int first = words.size() / 2 / Long.BYTES * Long.BYTES;
    say(RoundStep.UPDATE, new UpdateChunk(ROUND, 0, 2, words.substring(0, first)));
    say(RoundStep.UPDATE, new UpdateChunk(ROUND, 1, 2, words.substring(first)));
  }

  /** An update as an agent has it before its masks are added. */
  private static ByteString unmasked() {
    float[] delta = new float[ENCODING.parameterCount()];
    Random random = new Random(5);
    for (int i = 0; i < delta.length; i++) {
      delta[i] = (float) random.nextGaussian() / 10;
    }
    return new UpdateEncoder(UpdateLayout.of(ENCODING, 4))
        .encode(
            delta,
            new Contribution(100, 50, 70),
            AesCtrRandomWords.fromSeed(new byte[AesCtrRandomWords.SEED_BYTES]));
  }

  /** The same with a mask, which is uniform. */
  private static ByteString masked() {
    ModularVector vector = new ModularVector(UpdateLayout.of(ENCODING, 4).words());
    vector.add(unmasked().asReadOnlyByteBuffer(), 0);
    byte[] mask = new byte[vector.length() * Long.BYTES];
    new Random(6).nextBytes(mask);
    vector.add(ByteBuffer.wrap(mask), 0);
    ByteBuffer words = ByteBuffer.allocate(mask.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < vector.length(); i++) {
      words.putLong(vector.word(i));
    }
    return ByteString.copyFrom(words.flip());
  }

  private WireTap.Findings findings() {
    return tap.findings(List.of());
  }

  @Test
  void anUpdateWithoutItsMasksIsRead() {
    invite(ENCODING);
    report(masked());
    assertThat(findings().updatesMasked()).isTrue();
    report(unmasked());
    assertThat(findings().updates()).isEqualTo(2);
    assertThat(findings().readableUpdates()).isEqualTo(1);
    assertThat(findings().updatesMasked()).isFalse();
  }

  @Test
  void numbersThatNobodyShouldSendAreReadAllTheSame() {
    invite(ENCODING);
    report(masked());
    report(ByteString.copyFrom(new byte[unmasked().size()]));
    assertThat(findings().readableUpdates()).isEqualTo(1);
    assertThat(findings().updatesMasked()).isFalse();
  }

  @Test
  void anUpdateOfARoundWhosePlanWasMissedProvesNothing() {
    report(masked());
    assertThat(findings().updates()).isEqualTo(1);
    assertThat(findings().updatesMasked()).isFalse();
  }

  @Test
  void anUpdateThatIsNotLaidOutAsItsPlanSaysProvesNothing() {
    // Of another length; and of the same with smaller numbers, so that these seem out of range.
    for (UpdateEncoding other :
        List.of(
            new UpdateEncoding(2000, 12, 16, 4f, 512, 16f),
            new UpdateEncoding(1000, 8, 16, 4f, 255, 16f))) {
      invite(other);
      report(unmasked());
      assertThat(findings().readableUpdates()).isZero();
      assertThat(findings().updatesMasked()).isFalse();
    }
  }

  @Test
  void withoutUpdatesThereIsNoProof() {
    invite(ENCODING);
    assertThat(findings().updatesMasked()).isFalse();
  }

  private static final class Silent implements MqttTransport.Listener {
    @Override
    public void onConnected(boolean sessionPresent) {}

    @Override
    public void onDisconnected(String reason) {}

    @Override
    public void onMessage(InboundMessage message) {
      message.acknowledge().run();
    }
  }
}
