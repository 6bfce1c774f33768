package io.covey.edgeagent.https;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Answers every request of one connection after the other with the same bytes. */
final class ScriptedServer implements AutoCloseable {
  /** What is written after a request; the connection is closed after it. */
  interface Script {
    void answer(OutputStream out) throws IOException;
  }

  /** The heads of the requests that have come. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  /** Connections on which nothing was asked, or whose asker is gone. */
  final AtomicInteger refused = new AtomicInteger();

  private final SSLServerSocket socket;
  private final Script script;

  ScriptedServer(SSLContext tls, Script script) throws IOException {
    this.script = script;
    this.socket =
        (SSLServerSocket)
            tls.getServerSocketFactory()
                .createServerSocket(0, 16, InetAddress.getLoopbackAddress());
    socket.setNeedClientAuth(true);
    Thread thread = new Thread(this::serve, "scripted-server");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return socket.getLocalPort();
  }

  private void serve() {
    while (!socket.isClosed()) {
      try (SSLSocket connection = (SSLSocket) socket.accept()) {
        requests.add(head(connection.getInputStream()));
        script.answer(connection.getOutputStream());
        connection.getOutputStream().flush();
      } catch (IOException e) {
        refused.incrementAndGet();
      }
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    String read = "";
    while (!read.endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no request");
      }
      head.write(next);
      read = head.toString(StandardCharsets.US_ASCII);
    }
    return read;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
