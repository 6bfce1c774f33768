package io.covey.simulator.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.SignedMessage;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.protocols.transport.InboundMessage;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.NetworkFaults;
import io.covey.protocols.transport.Publication;
import io.covey.protocols.transport.QualityOfService;
import io.covey.simulator.demo.DemoModel;
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
