package io.covey.edgeagent.https;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.edgeagent.mqtt.RangeSource;
import io.covey.edgeagent.mqtt.RangeSource.Wanted;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactUrl;
import io.covey.protocols.time.VirtualTime;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

/** Answers whose heads, bytes and ends are whatever somebody else likes. */
class RangeAnswerTest {
  private static final long SEED = Long.getLong("covey.seed", 20_261_127L);
  private static final int ANSWERS = 50_000;
  private static final int BLOCK = 100;
  private static final String[] NOISE = {
    "", "-1", "0", "99", "bytes", "bytes */1", "gzip", "identity", "9223372036854775808", "\u00e9"
  };

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final VirtualTime time = new VirtualTime(Instant.EPOCH);
  private final byte[] content = new byte[6 * BLOCK - 30];
  private final ArtifactReference artifact;

  RangeAnswerTest() {
    new Random(SEED).nextBytes(content);
    artifact =
        new ArtifactReference(
            ArtifactReference.Role.SERVING, Sha256.of(content), content.length, BLOCK);
  }

  /** What the listener is told, in order, and how much of it was asked for. */
  private static final class Heard implements RangeSource.Listener {
    final List<ByteString> blocks = new ArrayList<>();
    int first = -1;
    int opened;
    int ended;
    int failed;

    @Override
    public void opened() {
      assertThat(blocks.size() + ended + failed).isZero();
      opened++;
    }

    @Override
    public void block(int index, ByteString bytes) {
      first = first < 0 ? index : first;
      assertThat(index).isEqualTo(first + blocks.size());
      assertThat(opened).isEqualTo(1);
      assertThat(ended + failed).isZero();
      blocks.add(bytes);
    }

    @Override
    public void ended() {
      assertThat(ended + failed).isZero();
      ended++;
    }

    @Override
    public void failed(String why) {
      assertThat(why).isNotBlank();
      assertThat(ended + failed).isZero();
      failed++;
    }
  }

  /** The HTTP client's side: brings what is asked for, and no more. */
  private static final class Reads implements Flow.Subscription {
    long requested;
    boolean cancelled;

    @Override
    public void request(long count) {
      requested += count;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  private record Head(int statusCode, HttpHeaders headers) implements ResponseInfo {
    @Override
    public HttpClient.Version version() {
      return HttpClient.Version.HTTP_1_1;
    }
  }

  private ResponseInfo rightHead(Wanted wanted) {
    Map<String, List<String>> fields = new TreeMap<>();
    long length = wanted.lastByte() - wanted.firstByte() + 1;
    fields.put("Content-Length", List.of(Long.toString(length)));
    fields.put(
        "Content-Range",
        List.of("bytes %d-%d/%d".formatted(wanted.firstByte(), wanted.lastByte(), content.length)));
    return new Head(206, HttpHeaders.of(fields, (name, value) -> true));
  }

  /** One thing about it is wrong, so that nothing may be read. */
  private ResponseInfo wrongHead(Wanted wanted) {
    ResponseInfo right = rightHead(wanted);
    Map<String, List<String>> fields = new TreeMap<>(right.headers().map());
    String noise = NOISE[random.nextInt(NOISE.length)];
    int status = right.statusCode();
    switch (random.nextInt(5)) {
      case 0 -> status = random.nextInt(100, 206);
      case 1 -> fields.put("Content-Encoding", List.of(noise.equals("identity") ? "br" : noise));
      case 2 -> fields.put("Content-Length", List.of(noise.equals("99") ? "98" : noise));
      case 3 -> fields.put("Content-Range", List.of(noise));
      default -> fields.remove(random.nextBoolean() ? "Content-Length" : "Content-Range");
    }
    if (status == 200 && wanted.isWhole()) {
      status = 201;
    }
    return new Head(status, HttpHeaders.of(fields, (name, value) -> true));
  }

  private Wanted wanted() {
    int first = random.nextInt(artifact.chunkCount());
    int last = random.nextInt(first, artifact.chunkCount());
    return new Wanted(new ArtifactUrl("https://localhost:1"), artifact, first, last);
  }

  private byte[] body(Wanted wanted) {
    byte[] right =
        Arrays.copyOfRange(content, (int) wanted.firstByte(), (int) wanted.lastByte() + 1);
    return switch (random.nextInt(4)) {
      case 0 -> Arrays.copyOf(right, random.nextInt(right.length + 1));
      case 1 -> Arrays.copyOf(right, right.length + random.nextInt(300));
      default -> right;
    };
  }

  private List<ByteBuffer> read(byte[] body, int at, int count) {
    List<ByteBuffer> buffers = new ArrayList<>();
    int end = at + count;
    for (int from = at; from < end; ) {
      int to = random.nextInt(from, end + 1);
      buffers.add(ByteBuffer.wrap(body, from, to - from).slice());
      from = to;
    }
    return buffers;
  }

  @Test
  void whateverIsAnsweredBlocksOfTheRightPlaceAndLengthComeOrAReason() {
    System.out.println("RangeAnswerTest seed: " + SEED);
    int ended = 0;
    for (int i = 0; i < ANSWERS; i++) {
      ended += exchange("answer " + i) ? 1 : 0;
    }
    assertThat(ended).isBetween(ANSWERS / 10, ANSWERS - ANSWERS / 10);
  }

  /** Whether all blocks have come. */
  private boolean exchange(String which) {
    Wanted wanted = wanted();
    boolean rightHead = random.nextInt(3) > 0;
    byte[] body = body(wanted);
    Heard heard = new Heard();
    RangeAnswer answer = new RangeAnswer(wanted, time, heard);
    Reads reads = new Reads();
    int asked = 0;
    answer.accept(rightHead ? rightHead(wanted) : wrongHead(wanted)).onSubscribe(reads);
    int at = 0;
    int brought = 0;
    boolean breaksOff = random.nextInt(10) == 0;
    boolean completed = false;
    while (asked < wanted.lastBlock() - wanted.firstBlock() + 1) {
      answer.more();
      asked++;
      while (!reads.cancelled && !completed && brought < reads.requested) {
        if (at < body.length) {
          int count = random.nextInt(1, Math.min(body.length - at, 250) + 1);
          answer.onNext(read(body, at, count));
          at += count;
          brought++;
        } else if (breaksOff) {
          answer.onError(new IOException("reset"));
          completed = true;
        } else {
          answer.onComplete();
          completed = true;
        }
        // As many reads as the blocks that are wanted take, and one to come to the end.
        assertThat(reads.requested).as(which).isLessThanOrEqualTo(brought + 1);
      }
    }
    time.runFor(Duration.ofMillis(1));
    requireConsistent(wanted, heard, body, which);
    assertThat(heard.failed + heard.ended).as(which).isEqualTo(1);
    if (!rightHead) {
      assertThat(heard.opened + heard.ended).as(which).isZero();
      assertThat(reads.cancelled).as(which).isTrue();
    }
    return heard.ended == 1;
  }

  private static void requireConsistent(Wanted wanted, Heard heard, byte[] body, String which) {
    int from = 0;
    for (int i = 0; i < heard.blocks.size(); i++) {
      int length = wanted.artifact().chunkLengthBytes(wanted.firstBlock() + i);
      assertThat(heard.blocks.get(i)).as(which).isEqualTo(ByteString.copyFrom(body, from, length));
      from += length;
    }
    assertThat(heard.first).as(which).isIn(-1, wanted.firstBlock());
    if (heard.ended == 1) {
      assertThat(heard.first + heard.blocks.size() - 1).as(which).isEqualTo(wanted.lastBlock());
    }
  }
}
