package io.covey.coordinator.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folders that HiveMQ needs: below the given directory, or temporary ones that go with the
 * broker.
 */
record BrokerDirectory(Path root, boolean temporary, Optional<BrokerStores> stores)
    implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BrokerDirectory.class);

  static BrokerDirectory prepare(BrokerSettings settings) {
    try {
      BrokerDirectory directory =
          settings.directory().isPresent()
              ? new BrokerDirectory(settings.directory().get(), false, Optional.empty())
              : new BrokerDirectory(
                  Files.createTempDirectory("covey-broker-"), true, Optional.empty());
      Files.createDirectories(directory.configuration());
      Files.createDirectories(directory.data());
      Files.createDirectories(directory.extensions());
      Optional<BrokerStores> stores =
          settings.tls().isPresent()
              ? Optional.of(
                  BrokerStores.write(settings.tls().get().own(), directory.configuration()))
              : Optional.empty();
      BrokerConfiguration.write(settings, stores, directory.configuration().resolve("config.xml"));
      return new BrokerDirectory(directory.root, directory.temporary, stores);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the broker's directory cannot be written: check its permissions and the disk's space ("
              + e
              + ")",
          e);
    }
  }

  Path configuration() {
    return root.resolve("conf");
  }

  Path data() {
    return root.resolve("data");
  }

  Path extensions() {
    return root.resolve("extensions");
  }

  /** Removes the folders if they are temporary. */
  @Override
  public void close() {
    if (!temporary) {
      return;
    }
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      log.warn("the temporary directory {} could not be removed: {}", root, e.toString());
    }
  }
}
