package io.covey.protocols.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a broker may send, of whom nothing is known yet: packets, damaged ones, and noise. */
@Timeout(120)
final class PacketFramingTest {
  private static final long SEED = Long.getLong("covey.seed", 20_261_127L);
  private static final int STREAMS = 1000;
  private static final int MAXIMUM = 1000;

  /**
   * Of garbage, for one stream: a buffer, the bytes themselves, and nothing as large as claimed.
   */
  private static final long ALLOCATED = 256 * 1024;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** What must come of a stream: the bytes that are given out, and how it ends. */
  private record Expected(int bytes, boolean inOrder) {}

  /**
   * A second reading of MQTT 5.0, section 2.1: the packets up to the first that is malformed or too
   * long, and of a packet that is cut what there is, if its header is whole.
   */
  private static Expected expected(byte[] stream) {
    int at = 0;
    while (at < stream.length) {
      int length = 0;
      int header = 1;
      boolean more = true;
      while (more) {
        if (header > 4 || at + header >= stream.length) {
          return new Expected(at, false);
        }
        int next = stream[at + header] & 0xFF;
        length += (next & 0x7F) << (7 * (header - 1));
        more = next >= 0x80;
        header++;
      }
      if (length > MAXIMUM) {
        return new Expected(at, false);
      }
      at = Math.min(stream.length, at + header + length);
    }
    return new Expected(stream.length, true);
  }

  private byte[] stream() {
    if (random.nextInt(4) == 0) {
      byte[] noise = new byte[random.nextInt(4000)];
      random.nextBytes(noise);
      return noise;
    }
    ByteArrayOutputStream packets = new ByteArrayOutputStream();
    for (int count = random.nextInt(1, 8); count > 0; count--) {
      byte[] body = new byte[random.nextInt(random.nextInt(10) == 0 ? 2 * MAXIMUM : 300)];
      random.nextBytes(body);
      packets.write(random.nextInt(256));
      for (int left = body.length; ; left >>= 7) {
        packets.write(left > 0x7F ? (left & 0x7F) | 0x80 : left);
        if (left <= 0x7F) {
          break;
        }
      }
      packets.writeBytes(body);
    }
    byte[] whole = packets.toByteArray();
    for (int edits = random.nextInt(3); edits > 0; edits--) {
      whole[random.nextInt(whole.length)] = (byte) random.nextInt();
    }
    return random.nextBoolean() ? whole : Arrays.copyOf(whole, random.nextInt(whole.length + 1));
  }

  @Test
  void everyStreamIsGivenOutUpToItsFirstFaultWithinBounds() throws Exception {
    System.out.println("PacketFramingTest seed: " + SEED);
    int faults = 0;
    // What is loaded and made once is nobody's doing.
    threads.getCurrentThreadAllocatedBytes();
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < STREAMS; i++) {
        byte[] stream = stream();
        Expected expected = expected(stream);
        faults += expected.inOrder() ? 0 : 1;
        readThrough(server, stream, expected, "stream " + i);
      }
    }
    assertThat(faults).isBetween(STREAMS / 10, STREAMS - STREAMS / 10);
  }

  private void readThrough(ServerSocket server, byte[] stream, Expected expected, String which)
      throws IOException {
    PacketSocketFactory factory = new PacketSocketFactory(MAXIMUM, Optional.empty());
    Socket client = factory.createSocket();
    client.connect(server.getLocalSocketAddress());
    try (Socket broker = server.accept()) {
      client.setSoTimeout(30_000);
      client.getOutputStream().write(new byte[] {(byte) 0xC0, 0}, 0, 2);
      OutputStream out = broker.getOutputStream();
      out.write(stream);
      broker.shutdownOutput();
      long before = threads.getCurrentThreadAllocatedBytes();
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      String fault = "";
      try {
        drain(client.getInputStream(), read);
      } catch (IOException e) {
        fault = String.valueOf(e.getMessage());
      }
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertThat(allocated).as(which).isLessThan(ALLOCATED);
      assertThat(read.toByteArray()).as(which).isEqualTo(Arrays.copyOf(stream, expected.bytes()));
      assertThat(fault.isEmpty()).as(which).isEqualTo(expected.inOrder());
      assertThat(fault).as(which).matches("(the broker .+)?");
    } finally {
      factory.close();
    }
  }

  /** As its reader does: sometimes a byte, sometimes as much as comes. */
  private void drain(InputStream in, ByteArrayOutputStream read) throws IOException {
    byte[] buffer = new byte[2 * MAXIMUM];
    while (true) {
      int count = in.read(buffer, 0, random.nextInt(1, buffer.length));
      if (count < 0) {
        return;
      }
      read.write(buffer, 0, count);
    }
  }
}
