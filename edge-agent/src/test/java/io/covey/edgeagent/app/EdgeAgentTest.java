package io.covey.edgeagent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.covey.edgeagent.artifacts.ArtifactCache;
import io.covey.edgeagent.artifacts.DirectoryArtifactCache;
import io.covey.edgeagent.serving.HttpSettings;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.TrainingSession;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ModelManifest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent on threads of its own, with the real runtime and the digits model. */
@Timeout(120)
class EdgeAgentTest {
  private static final ModelName DIGITS = new ModelName("digits");
  private static final ModelVersion VERSION = new ModelVersion(3);
  // Nobody listens there.
  private static final URI NO_BROKER = URI.create("mqtt://127.0.0.1:1");

  @TempDir private Path directory;

  private final HttpClient client = HttpClient.newHttpClient();

  private EdgeAgentBuilder builder() {
    return EdgeAgent.builder(new AgentId("a1"), new FleetId("home"))
        .broker(NO_BROKER)
        .dataDirectory(directory)
        .http(HttpSettings.DEFAULT.withPort(0));
  }

  private int status(InetSocketAddress address, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + address.getPort() + path);
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding()).statusCode();
  }

  @Test
  void anAgentWhoseBrokerIsAwayServesWhatItHas() throws Exception {
    float[] weights = prepare();
    try (EdgeAgent agent = builder().build()) {
      InetSocketAddress address = agent.servingAddress().orElseThrow();
      assertThat(status(address, "/v2/health/live")).isEqualTo(200);
      assertThat(status(address, "/v2/health/ready")).isEqualTo(503);
      agent.start();
      while (status(address, "/v2/health/ready") != 200) {
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
      }
      assertThat(agent.servedVersions()).isEqualTo(Map.of(DIGITS, VERSION));
      assertThat(agent.connected()).isFalse();

      float[] pixels = new float[2 * 64];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (i * 37 % 17) / 16f;
      }
      float[] logits = Objects.requireNonNull(agent.infer(DIGITS, pixels).get("logits"));
      assertThat(logits).hasSize(20);
      for (int row = 0; row < 2; row++) {
        float[] expected = forward(weights, pixels, row);
        for (int c = 0; c < 10; c++) {
          assertThat(logits[row * 10 + c])
              .isCloseTo(expected[c], org.assertj.core.api.Assertions.within(1e-4f));
        }
      }
      assertThat(agent.counters().inferences()).isEqualTo(1);
    }
    // Everything is given back: the same directory serves again.
    try (EdgeAgent again = builder().build()) {
      again.start();
      assertThat(again.id()).isEqualTo(new AgentId("a1"));
    }
  }

  @Test
  void whatCannotBeHadIsSaidWhenTheAgentIsBuilt() throws Exception {
    try (EdgeAgent first = builder().build()) {
      assertThatThrownBy(() -> builder().build())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another agent uses the data directory");
      int port = first.servingAddress().orElseThrow().getPort();
      EdgeAgentBuilder second =
          builder()
              .dataDirectory(directory.resolve("second"))
              .http(HttpSettings.DEFAULT.withPort(port));
      assertThatThrownBy(second::build)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on")
          .hasMessageContaining(String.valueOf(port));
      // The failed one has let go of its directory.
      builder().dataDirectory(directory.resolve("second")).build().close();
    }
    assertThatThrownBy(() -> EdgeAgent.builder(new AgentId("a"), new FleetId("f")).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("an agent needs a broker");
  }

  /** A data directory as an agent leaves it that has served the digits model. */
  private float[] prepare() throws IOException {
    byte[] graph;
    try (InputStream in =
        Objects.requireNonNull(
            EdgeAgentTest.class.getResourceAsStream("/io/covey/edgeagent/digits.tflite"))) {
      graph = in.readAllBytes();
    }
    float[] weights;
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(graph);
        TrainingSession session = model.openTraining()) {
      weights = new float[session.layout().size()];
    }
    Random random = new Random(5);
    ByteBuffer bytes =
        ByteBuffer.allocate(weights.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian() * 0.2f;
      bytes.putFloat(weights[i]);
    }
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, 1 << 20)) {
      cache.rememberServed(
          List.of(
              new ModelManifest(
                  DIGITS,
                  VERSION,
                  List.of(
                      store(cache, Role.GRAPH, graph),
                      store(cache, Role.WEIGHTS, bytes.array())))));
    }
    return weights;
  }

  private static ArtifactReference store(ArtifactCache cache, Role role, byte[] content)
      throws IOException {
    ArtifactReference reference =
        new ArtifactReference(role, Sha256.of(content), content.length, content.length);
    ArtifactCache.Staging staging = cache.stage(reference);
    staging.write(0, ByteString.copyFrom(content));
    assertThat(staging.commit().whole()).isTrue();
    return reference;
  }

  /** 64 pixels, 32 hidden units with relu, 10 logits. */
  private static float[] forward(float[] w, float[] x, int row) {
    double[] hidden = new double[32];
    for (int h = 0; h < 32; h++) {
      hidden[h] = w[64 * 32 + h];
      for (int p = 0; p < 64; p++) {
        hidden[h] += x[row * 64 + p] * w[p * 32 + h];
      }
      hidden[h] = Math.max(0, hidden[h]);
    }
    float[] logits = new float[10];
    int second = 64 * 32 + 32;
    for (int c = 0; c < 10; c++) {
      double sum = w[second + 320 + c];
      for (int h = 0; h < 32; h++) {
        sum += hidden[h] * w[second + h * 10 + c];
      }
      logits[c] = (float) sum;
    }
    return logits;
  }
}
