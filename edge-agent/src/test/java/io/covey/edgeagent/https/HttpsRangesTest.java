package io.covey.edgeagent.https;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.crypto.identity.x509.Role;
import io.covey.edgeagent.mqtt.RangeSource;
import io.covey.edgeagent.mqtt.RangeSource.Wanted;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactUrl;
import io.covey.protocols.time.ExecutorScheduler;
import io.covey.protocols.time.WorkerPool;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranges from servers that answer as they should, and from all others. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HttpsRangesTest {
  private static final int BLOCK = 50_000;
  private static final TlsFleet FLEET = new TlsFleet("31");
  private static final String LOCALHOST = "localhost";

  private final byte[] content = new byte[4 * BLOCK - 100];
  private final ArtifactReference artifact;
  private final WorkerPool workers = new WorkerPool("ranges-worker", 1);
  private final ExecutorScheduler scheduler = new ExecutorScheduler("ranges", workers);
  private final Heard heard = new Heard();

  HttpsRangesTest() {
    new Random(1).nextBytes(content);
    artifact =
        new ArtifactReference(
            ArtifactReference.Role.SERVING, Sha256.of(content), content.length, BLOCK);
  }

  @AfterEach
  void close() {
    scheduler.close();
    workers.close();
  }

  /** What the listener was told, in order: bytes of blocks, and words. */
  private static final class Heard implements RangeSource.Listener {
    final BlockingQueue<Object> all = new LinkedBlockingQueue<>();

    @Override
    public void opened() {
      all.add("opened");
    }

    @Override
    public void block(int index, ByteString bytes) {
      all.add(bytes);
    }

    @Override
    public void ended() {
      all.add("ended");
    }

    @Override
    public void failed(String why) {
      all.add("failed: " + why);
    }

    Object next() throws InterruptedException {
      Object next = all.poll(30, TimeUnit.SECONDS);
      return next == null ? "nothing" : next;
    }
  }

  private RangeSource.Answer ask(ScriptedServer server, SSLContext agent, int first, int last) {
    ArtifactUrl url = new ArtifactUrl("https://" + LOCALHOST + ":" + server.port());
    return new HttpsRanges(() -> agent, scheduler)
        .ask(new Wanted(url, artifact, first, last), heard);
  }

  private static String head(String status, String... fields) {
    return "HTTP/1.1 " + status + "\r\n" + String.join("\r\n", fields) + "\r\n\r\n";
  }

  private void write(OutputStream out, String head, int first, int end) throws IOException {
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    out.write(content, first, end - first);
  }

  private String rangeOf(int first, int last) {
    return "Content-Range: bytes " + first + "-" + last + "/" + content.length;
  }

  private static ScriptedServer delivering(ScriptedServer.Script script) throws Exception {
    return new ScriptedServer(FLEET.server(Role.DELIVERY, LOCALHOST), script);
  }

  /** Blocks 1 and 2 of 4. */
  private void rightAnswer(OutputStream out) throws IOException {
    write(
        out,
        head("206 Partial Content", rangeOf(BLOCK, 3 * BLOCK - 1), "Content-Length: " + 2 * BLOCK),
        BLOCK,
        3 * BLOCK);
  }

  @Test
  void blocksComeOneByOneAsTheyAreWanted() throws Exception {
    try (ScriptedServer server = delivering(this::rightAnswer)) {
      RangeSource.Answer answer = ask(server, FLEET.agent(), 1, 2);
      assertThat(heard.next()).isEqualTo("opened");
      assertThat(heard.all).as("nothing is wanted yet").isEmpty();
      answer.more();
      assertThat(heard.next()).isEqualTo(block(1));
      assertThat(heard.all).as("one was wanted").isEmpty();
      answer.more();
      assertThat(heard.next()).isEqualTo(block(2));
      assertThat(heard.next()).isEqualTo("ended");
      assertThat(server.requests.get(0))
          .startsWith("GET /artifacts/" + artifact.digest().hex() + " HTTP/1.1\r\n")
          .contains("Range: bytes=50000-149999\r\n");
    }
  }

  private ByteString block(int index) {
    int from = index * BLOCK;
    return ByteString.copyFrom(
        Arrays.copyOfRange(content, from, from + artifact.chunkLengthBytes(index)));
  }

  @Test
  void aWholeFileMayBeAnsweredAsOne() throws Exception {
    try (ScriptedServer server =
        delivering(
            out ->
                write(
                    out, head("200 OK", "Content-Length: " + content.length), 0, content.length))) {
      RangeSource.Answer answer = ask(server, FLEET.agent(), 0, 3);
      for (int i = 0; i < 4; i++) {
        answer.more();
      }
      assertThat(heard.next()).isEqualTo("opened");
      for (int i = 0; i < 4; i++) {
        assertThat(heard.next()).isEqualTo(block(i));
      }
      assertThat(heard.next()).isEqualTo("ended");
    }
  }

  private void assertRefused(ScriptedServer.Script script) throws Exception {
    try (ScriptedServer server = delivering(script)) {
      ask(server, FLEET.agent(), 1, 2).more();
      assertThat(heard.next()).asString().startsWith("failed: ");
      assertThat(server.requests).hasSizeLessThanOrEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "404 Not Found",
        "416 Range Not Satisfiable",
        "429 Too Many Requests",
        "503 Service Unavailable",
        "204 No Content",
        "302 Found",
        "307 Temporary Redirect"
      })
  void anotherStatusIsNoAnswer(String status) throws Exception {
    assertRefused(
        out ->
            write(
                out,
                head(status, "Location: https://localhost:1/artifacts", "Content-Length: 0"),
                0,
                0));
  }

  @Test
  void anAnswerWithOtherBytesThanWereAskedForIsNotRead() throws Exception {
    String length = "Content-Length: " + 2 * BLOCK;
    assertRefused(
        out -> write(out, head("206 Partial Content", rangeOf(0, 99_999), length), 0, 2 * BLOCK));
    assertRefused(out -> write(out, head("206 Partial Content", length), 0, 2 * BLOCK));
    assertRefused(
        out -> write(out, head("200 OK", "Content-Length: " + content.length), 0, content.length));
  }

  @Test
  void anAnswerOfAnotherLengthOrFormIsNotRead() throws Exception {
    String range = rangeOf(BLOCK, 3 * BLOCK - 1);
    assertRefused(
        out -> write(out, head("206 Partial Content", range, "Content-Length: 99"), 0, 99));
    assertRefused(
        out ->
            write(
                out,
                head(
                    "206 Partial Content",
                    range,
                    "Content-Encoding: gzip",
                    "Content-Length: " + 2 * BLOCK),
                BLOCK,
                3 * BLOCK));
    assertRefused(
        out ->
            write(out, head("206 Partial Content", range, "Transfer-Encoding: chunked"), 0, BLOCK));
  }

  @Test
  void whatIsNoHttpIsNoAnswer() throws Exception {
    assertRefused(out -> out.write("SSH-2.0-hello\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
    assertRefused(out -> {});
    assertRefused(
        out -> {
          byte[] field =
              ("X-Endless: " + "a".repeat(1000) + "\r\n").getBytes(StandardCharsets.UTF_8);
          out.write("HTTP/1.1 206 Partial Content\r\n".getBytes(StandardCharsets.US_ASCII));
          for (int i = 0; i < 10_000; i++) {
            out.write(field);
          }
          out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        });
  }

  @Test
  void anAnswerThatBreaksOffGivesTheBlocksThatHaveCome() throws Exception {
    try (ScriptedServer server =
        delivering(
            out ->
                write(
                    out,
                    head(
                        "206 Partial Content",
                        rangeOf(BLOCK, 3 * BLOCK - 1),
                        "Content-Length: " + 2 * BLOCK),
                    BLOCK,
                    3 * BLOCK - 1))) {
      RangeSource.Answer answer = ask(server, FLEET.agent(), 1, 2);
      answer.more();
      answer.more();
      assertThat(heard.next()).isEqualTo("opened");
      assertThat(heard.next()).isEqualTo(block(1));
      assertThat(heard.next()).asString().startsWith("failed: ");
    }
  }

  @Test
  void onlyADeliveryServiceOfTheFleetUnderThatNameIsAsked() throws Exception {
    TlsFleet other = new TlsFleet("32");
    for (SSLContext server :
        new SSLContext[] {
          FLEET.server(Role.BROKER, LOCALHOST),
          FLEET.server(Role.ISSUER, LOCALHOST),
          FLEET.server(Role.DELIVERY, "models.example"),
          other.server(Role.DELIVERY, LOCALHOST)
        }) {
      try (ScriptedServer stranger = new ScriptedServer(server, this::rightAnswer)) {
        ask(stranger, FLEET.agent(), 1, 2).more();
        assertThat(heard.next()).asString().startsWith("failed: ");
        assertThat(stranger.requests).isEmpty();
      }
    }
  }

  @Test
  void anAnswerThatNobodyWaitsForIsLeft() throws Exception {
    try (ScriptedServer server = delivering(this::rightAnswer)) {
      RangeSource.Answer answer = ask(server, FLEET.agent(), 1, 2);
      assertThat(heard.next()).isEqualTo("opened");
      answer.cancel();
      answer.more();
      assertThat(heard.all).isEmpty();
    }
  }
}
