package io.covey.protocols.transport;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A socket, over TLS or not, that knows where MQTT packets begin (MQTT 5.0, section 2.1), so that
 * its reader need not be trusted to. The handshake is done when it is connected: its reader's short
 * timeouts are not for that. It contains four faults of a reader that polls with a timeout:
 *
 * <ul>
 *   <li>a packet's fixed header is given out whole or not at all, so that a timeout in its middle
 *       does not lose the reader's place in the stream;
 *   <li>a packet that is longer than agreed ends the connection before anything of its claimed size
 *       is allocated;
 *   <li>a socket that is closed with something unread tells its peer to throw away what it has not
 *       yet read itself, such as the DISCONNECT: see {@link #awaitPeerOnClose};
 *   <li>nothing is read, not even the end of the stream, before something has been written: a
 *       broker that hangs up at once must not end the reader before its starter has seen it run.
 * </ul>
 */
final class PacketSocket extends Socket {
  private static final int BUFFER_BYTES = 8192;
  private static final int DRAIN_MILLIS = 250;

  private final int maximumPacketBytes;
  private final Optional<TlsEndpoint> tls;

  /** The TCP connection. Closing it ends everything at once, without a word. */
  private final Socket carrier = new Socket();

  /** What bytes go through: the carrier, or TLS over it once its handshake is done. */
  private volatile Socket stream = carrier;

  private final CountDownLatch written = new CountDownLatch(1);
  private volatile boolean awaitPeer;
  private volatile long lastReadNanos = System.nanoTime();

  /**
   * @param maximumPacketBytes bound of a packet behind its fixed header
   * @param tls empty for plain TCP
   */
  PacketSocket(int maximumPacketBytes, Optional<TlsEndpoint> tls) throws SocketException {
    this.maximumPacketBytes = maximumPacketBytes;
    this.tls = tls;
    carrier.setTcpNoDelay(true);
  }

  @Override
  public void connect(SocketAddress endpoint) throws IOException {
    connect(endpoint, 0);
  }

  /** Connects, and does the handshake if there is one, all within {@code timeoutMillis}. */
  @Override
  public void connect(SocketAddress endpoint, int timeoutMillis) throws IOException {
    long started = System.nanoTime();
    carrier.connect(endpoint, timeoutMillis);
    if (tls.isPresent()) {
      int spent = (int) ((System.nanoTime() - started) / 1_000_000L);
      int left = timeoutMillis == 0 ? 0 : Math.max(1, timeoutMillis - spent);
      boolean done = false;
      try {
        stream = tls.get().over(carrier, left);
        done = true;
      } finally {
        if (!done) {
          carrier.close();
        }
      }
    }
  }

  /** {@link System#nanoTime} when the last byte came in. */
  long lastReadNanos() {
    return lastReadNanos;
  }

  /**
   * From now on the end of input first says that nothing more is written, and then reads whatever
   * comes until the peer ends too, or a moment has passed.
   */
  void awaitPeerOnClose() {
    awaitPeer = true;
  }

  @Override
  public void shutdownInput() throws IOException {
    if (awaitPeer && !isClosed()) {
      drain();
    }
    carrier.shutdownInput();
  }

  @Override
  public void shutdownOutput() throws IOException {
    stream.shutdownOutput();
  }

  @Override
  public synchronized void close() throws IOException {
    carrier.close();
  }

  @Override
  public boolean isClosed() {
    return carrier.isClosed();
  }

  @Override
  public boolean isConnected() {
    return carrier.isConnected();
  }

  @Override
  public synchronized void setSoTimeout(int millis) throws SocketException {
    stream.setSoTimeout(millis);
  }

  @Override
  public synchronized int getSoTimeout() throws SocketException {
    return stream.getSoTimeout();
  }

  private void drain() {
    long deadline = System.nanoTime() + DRAIN_MILLIS * 1_000_000L;
    byte[] ignored = new byte[BUFFER_BYTES];
    try {
      shutdownOutput();
      setSoTimeout(DRAIN_MILLIS);
      InputStream in = stream.getInputStream();
      while (System.nanoTime() < deadline && in.read(ignored) >= 0) {
        // Nobody wants it any more.
      }
    } catch (IOException e) {
      // The peer is slow or gone: then there is nothing to wait for.
      return;
    }
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new PacketInput(stream.getInputStream());
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return new FilterOutputStream(stream.getOutputStream()) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
          out.write(bytes, offset, length);
        } finally {
          written.countDown();
        }
      }
    };
  }

  private void awaitFirstWrite() throws IOException {
    try {
      if (written.await(getSoTimeout(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SocketException e) {
      // Closed by us; the reader will hear of it once something has been written.
      return;
    }
    throw new SocketTimeoutException("nothing is written yet");
  }

  private final class PacketInput extends FilterInputStream {
    /** One byte of type and flags, and up to four of length. */
    private static final int LONGEST_HEADER = 5;

    private final byte[] header = new byte[LONGEST_HEADER];
    private int headerRead;
    private int headerGiven;
    private boolean headerComplete;
    private int bodyLeft;

    PacketInput(InputStream in) {
      super(new BufferedInputStream(in, BUFFER_BYTES));
    }

    @Override
    public int read() throws IOException {
      byte[] single = new byte[1];
      return read(single, 0, 1) < 0 ? -1 : single[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!headerComplete && !readHeader()) {
        return -1;
      }
      if (headerGiven < headerRead) {
        int count = Math.min(length, headerRead - headerGiven);
        System.arraycopy(header, headerGiven, bytes, offset, count);
        headerGiven += count;
        endPacketIfDone();
        return count;
      }
      int count = in.read(bytes, offset, Math.min(length, bodyLeft));
      if (count > 0) {
        lastReadNanos = System.nanoTime();
        bodyLeft -= count;
        endPacketIfDone();
      }
      return count;
    }

    @Override
    public int available() throws IOException {
      return written.getCount() > 0 ? 0 : super.available();
    }

    /** False at the end of the stream. A timeout leaves what was read for the next call. */
    private boolean readHeader() throws IOException {
      awaitFirstWrite();
      while (!headerComplete) {
        int next = in.read();
        if (next < 0) {
          if (headerRead > 0) {
            throw new EOFException("the broker ended the connection within a packet");
          }
          return false;
        }
        lastReadNanos = System.nanoTime();
        header[headerRead++] = (byte) next;
        boolean lastLengthByte = headerRead > 1 && (next & 0x80) == 0;
        if (!lastLengthByte && headerRead == LONGEST_HEADER) {
          throw new IOException("the broker sent a malformed packet length");
        }
        headerComplete = lastLengthByte;
      }
      bodyLeft = length();
      if (bodyLeft > maximumPacketBytes) {
        throw new IOException(
            "the broker sent a packet of "
                + bodyLeft
                + " bytes, expected at most "
                + maximumPacketBytes);
      }
      return true;
    }

    /** The variable byte integer behind the first byte (section 1.5.5); at most 2^28 - 1. */
    private int length() {
      int length = 0;
      for (int i = headerRead - 1; i > 0; i--) {
        length = (length << 7) | (header[i] & 0x7F);
      }
      return length;
    }

    private void endPacketIfDone() {
      if (headerGiven == headerRead && bodyLeft == 0) {
        headerRead = 0;
        headerGiven = 0;
        headerComplete = false;
      }
    }
  }
}
