package io.covey.protocols.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Optional;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes the one socket of a connection, and can close it at any time: before it is made, while it
 * connects, and after. Thread-safe.
 */
final class PacketSocketFactory extends SocketFactory {
  private final int maximumPacketBytes;
  private final Optional<TlsEndpoint> tls;
  private final long madeNanos = System.nanoTime();
  private @Nullable PacketSocket socket;
  private boolean closed;

  /**
   * @param tls empty for plain TCP
   */
  PacketSocketFactory(int maximumPacketBytes, Optional<TlsEndpoint> tls) {
    this.maximumPacketBytes = maximumPacketBytes;
    this.tls = tls;
  }

  @Override
  public synchronized Socket createSocket() throws IOException {
    if (closed || socket != null) {
      throw new SocketException("this connection is over");
    }
    socket = new PacketSocket(maximumPacketBytes, tls);
    return socket;
  }

  /** {@link System#nanoTime} when the broker was last heard. */
  synchronized long lastReadNanos() {
    return socket == null ? madeNanos : socket.lastReadNanos();
  }

  /** From now on closing waits, for a moment, until the broker has closed its side. */
  synchronized void awaitPeerOnClose() {
    if (socket != null) {
      socket.awaitPeerOnClose();
    }
  }

  synchronized void close() {
    closed = true;
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        // It is closed all the same.
        return;
      }
    }
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw connectedOnly();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    throw connectedOnly();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    throw connectedOnly();
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    throw connectedOnly();
  }

  private static IOException connectedOnly() {
    return new SocketException("this factory makes unconnected sockets");
  }
}
