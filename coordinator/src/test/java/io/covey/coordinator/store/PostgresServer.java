package io.covey.coordinator.store;

import io.covey.protocols.settings.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A real PostgreSQL server on loopback, started once for the test run from the binaries that the
 * system has, in a temporary directory, with passwords required. PostgreSQL refuses to run as root,
 * so as root it runs as {@code nobody}.
 */
final class PostgresServer {
  static final String USER = "covey";
  static final String PASSWORD = "a password with 'quotes'";

  private static final List<String> ROOTS =
      List.of("/usr/lib/postgresql", "/usr", "/opt/homebrew/opt", "/usr/local/opt");
  private static final AtomicInteger databases = new AtomicInteger();
  private static final Optional<PostgresServer> SHARED = findBinaries().map(PostgresServer::start);

  private final Path binaries;
  private final Path directory;
  private final int port;

  private PostgresServer(Path binaries, Path directory, int port) {
    this.binaries = binaries;
    this.directory = directory;
    this.port = port;
  }

  /** Empty where the system has no PostgreSQL. */
  static Optional<PostgresServer> shared() {
    return SHARED;
  }

  /** A fresh, empty database. */
  DatabaseSettings newDatabase() {
    String name = "test" + databases.incrementAndGet();
    try (Connection connection = DriverManager.getConnection(urlOf("postgres"), USER, PASSWORD);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return new DatabaseSettings(
        urlOf(name),
        Optional.of(USER),
        Optional.of(Secret.copyOf(PASSWORD.getBytes(StandardCharsets.UTF_8))));
  }

  String urlOf(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  /** Ends every connection, as a restart of the server would. */
  void disconnectAll() {
    try (Connection connection = DriverManager.getConnection(urlOf("postgres"), USER, PASSWORD);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
              + " WHERE datname IS NOT NULL AND pid <> pg_backend_pid()");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static PostgresServer start(Path binaries) {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Path directory = Files.createTempDirectory("covey-postgres");
      Path passwordFile = Files.writeString(directory.resolve("password"), PASSWORD);
      if (isRoot()) {
        run("chown", "-R", "nobody", directory.toString());
      }
      int port = socket.getLocalPort();
      socket.close();
      PostgresServer server = new PostgresServer(binaries, directory, port);
      Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
      server.command(
          "initdb",
          "-A",
          "scram-sha-256",
          "-U",
          USER,
          "--pwfile=" + passwordFile,
          "-N",
          "-E",
          "UTF8",
          "-D",
          server.data());
      server.command(
          "pg_ctl",
          "start",
          "-w",
          "-t",
          "60",
          "-D",
          server.data(),
          "-l",
          directory.resolve("log").toString(),
          "-o",
          "-p "
              + port
              + " -c listen_addresses=127.0.0.1 -c unix_socket_directories="
              + directory
              + " -c fsync=off");
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void stop() {
    try {
      command("pg_ctl", "stop", "-m", "immediate", "-D", data());
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String data() {
    return directory.resolve("data").toString();
  }

  private void command(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("runuser", "-u", "nobody", "--"));
    }
    command.add(binaries.resolve(program).toString());
    command.addAll(List.of(arguments));
    run(command.toArray(new String[0]));
  }

  private static void run(String... command) throws IOException {
    // To a file: a server that pg_ctl starts would keep a pipe open.
    Path output = Files.createTempFile("covey-postgres", ".out");
    Process process =
        new ProcessBuilder(command)
            .directory(new java.io.File("/"))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      if (!process.waitFor(90, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(String.join(" ", command) + ": " + Files.readString(output));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static Optional<Path> findBinaries() {
    List<Path> found = new ArrayList<>();
    for (String root : ROOTS) {
      try (DirectoryStream<Path> versions =
          Files.newDirectoryStream(Path.of(root), "{[0-9]*,postgresql*,pgsql-*}")) {
        versions.forEach(version -> found.add(version.resolve("bin")));
      } catch (IOException e) {
        // No such place on this system.
      }
    }
    return found.stream()
        .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
        .sorted()
        .reduce((older, newer) -> newer);
  }
}
