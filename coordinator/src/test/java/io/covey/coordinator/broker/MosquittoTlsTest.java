package io.covey.coordinator.broker;

import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The same suite on a real Mosquitto, with the configuration that Covey writes for it. */
class MosquittoTlsTest implements MutualTlsSuite {
  private static final TestFleet FLEET = new TestFleet("22");

  @TempDir private static Path directory;

  private static MosquittoBroker broker;

  @BeforeAll
  static void start() throws Exception {
    broker = MosquittoBroker.start(FLEET, directory);
  }

  @AfterAll
  static void stop() throws Exception {
    if (broker != null) {
      broker.close();
    }
  }

  @Override
  public TestFleet fleet() {
    return FLEET;
  }

  @Override
  public URI uri() {
    return broker.uri();
  }

  @Override
  public void heedRevocations(String... revokedAgents) throws Exception {
    broker.heedRevocations(Set.of(revokedAgents));
  }
}
