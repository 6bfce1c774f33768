package io.covey.benchmarks.delivery;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between one agent and the broker: counts bytes, drops messages, and cuts the connection
 * when so many bytes have passed. Listens on a free port of loopback; two threads a connection.
 */
final class LossyProxy implements Closeable {
  private static final int PUBLISH = 3;

  private final ServerSocket server;
  private final int brokerPort;
  private final DeliveryCase bench;
  private final SplittableRandom random;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final AtomicLong down = new AtomicLong();
  private final AtomicLong up = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private int cutsDone;

  LossyProxy(int brokerPort, DeliveryCase bench, long seed) throws IOException {
    this.brokerPort = brokerPort;
    this.bench = bench;
    this.random = new SplittableRandom(seed);
    this.server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    start("accept", this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Bytes that the agent was sent, dropped messages left out. */
  long downBytes() {
    return down.get();
  }

  /** Bytes that the broker sent to the agent, dropped messages included. */
  long sentBytes() {
    return down.get() + lost.get();
  }

  long upBytes() {
    return up.get();
  }

  long droppedMessages() {
    return dropped.get();
  }

  synchronized int cuts() {
    return cutsDone;
  }

  @Override
  public void close() throws IOException {
    server.close();
    open.forEach(LossyProxy::closeQuietly);
  }

  /** Something that ends with an exception, at the latest when its socket is closed. */
  private interface Loop {
    void run() throws IOException;
  }

  private static void start(String name, Loop loop) {
    Thread thread =
        new Thread(
            () -> {
              try {
                loop.run();
              } catch (IOException e) {
                // The end of a connection, from whichever side: the other side's end follows.
                return;
              }
            },
            "proxy-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (true) {
      Socket agent = server.accept();
      Socket broker = new Socket(InetAddress.getLoopbackAddress(), brokerPort);
      for (Socket socket : List.of(agent, broker)) {
        socket.setTcpNoDelay(true);
        open.add(socket);
      }
      start("down", () -> carry(broker, agent, true));
      start("up", () -> carry(agent, broker, false));
    }
  }

  private void carry(Socket from, Socket to, boolean towardsAgent) throws IOException {
    try (from;
        to) {
      MqttPackets packets = new MqttPackets(from.getInputStream());
      byte[] packet = packets.next();
      while (packet != null) {
        if (isLost(packet, towardsAgent)) {
          dropped.incrementAndGet();
          lost.addAndGet(towardsAgent ? packet.length : 0);
        } else {
          to.getOutputStream().write(packet);
          (towardsAgent ? down : up).addAndGet(packet.length);
        }
        if (towardsAgent && cutIsDue()) {
          return;
        }
        packet = packets.next();
      }
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private synchronized boolean isLost(byte[] packet, boolean towardsAgent) {
    int type = (packet[0] & 0xFF) >> 4;
    int qos = packet[0] >> 1 & 3;
    return type == PUBLISH && (towardsAgent || qos == 0) && random.nextDouble() < bench.loss();
  }

  private synchronized boolean cutIsDue() {
    long next = (long) bench.bytes() * (cutsDone + 1) / (bench.cuts() + 1);
    boolean due = cutsDone < bench.cuts() && down.get() >= next;
    cutsDone += due ? 1 : 0;
    return due;
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
      return;
    }
  }
}
