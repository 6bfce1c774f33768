package io.covey.coordinator.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A connection that sends what no HTTP client would. */
final class RawConnection implements AutoCloseable {
  private final Socket socket = new Socket();
  private final InputStream in;

  RawConnection(int port) {
    try {
      // Small, so that a reader that does not read is soon noticed.
      socket.setReceiveBufferSize(4096);
      socket.setSoTimeout(Math.toIntExact(AdminApi.PATIENCE.toMillis()));
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RawConnection send(String text) {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends as much as the server takes: it may close the connection meanwhile. */
  RawConnection send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      // What the server said before is still to be read.
    }
    return this;
  }

  /** Everything that comes until the server closes the connection. */
  String readToEnd() {
    return read("\uffff");
  }

  /** What comes until it contains {@code mark}, or until the server closes the connection. */
  String read(String mark) {
    StringBuilder received = new StringBuilder();
    try {
      int next = in.read();
      while (next >= 0) {
        received.append((char) next);
        if (next == mark.charAt(mark.length() - 1)
            && received.length() >= mark.length()
            && received.indexOf(mark, received.length() - mark.length()) >= 0) {
          break;
        }
        next = in.read();
      }
    } catch (SocketException e) {
      // A reset ends the connection as well.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return received.toString();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
