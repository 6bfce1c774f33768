package io.covey.protocols.transport;

import com.hivemq.embedded.EmbeddedHiveMQ;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A real broker in this process, on a free port of the loopback interface. */
final class HiveMqBroker implements AutoCloseable {
  private static final String CONFIGURATION =
      """
      <hivemq>
        <listeners>
          <tcp-listener><port>%d</port><bind-address>127.0.0.1</bind-address></tcp-listener>
        </listeners>
        <mqtt>
          <receive-maximum><server-receive-maximum>%d</server-receive-maximum></receive-maximum>
        </mqtt>
        <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
        <persistence><mode>in-memory</mode></persistence>
      </hivemq>
      """;

  private final EmbeddedHiveMQ hivemq;
  private final int port;

  HiveMqBroker(Path folder, int receiveMaximum) throws Exception {
    this(folder, receiveMaximum, freePort());
  }

  HiveMqBroker(Path folder, int receiveMaximum, int port) throws Exception {
    this.port = port;
    Path configuration = Files.createDirectories(folder.resolve("conf"));
    Files.writeString(
        configuration.resolve("config.xml"), CONFIGURATION.formatted(port, receiveMaximum));
    hivemq =
        EmbeddedHiveMQ.builder()
            .withConfigurationFolder(configuration)
            .withDataFolder(Files.createDirectories(folder.resolve("data")))
            .withExtensionsFolder(Files.createDirectories(folder.resolve("extensions")))
            .withoutLoggingBootstrap()
            .build();
    hivemq.start().get(60, TimeUnit.SECONDS);
  }

  int port() {
    return port;
  }

  URI address() {
    return URI.create("mqtt://127.0.0.1:" + port);
  }

  void stop() throws InterruptedException, ExecutionException, TimeoutException {
    hivemq.stop().get(60, TimeUnit.SECONDS);
  }

  void start() throws InterruptedException, ExecutionException, TimeoutException {
    hivemq.start().get(60, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws Exception {
    hivemq.close();
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
