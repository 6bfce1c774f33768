package io.covey.coordinator.broker;

import io.covey.crypto.identity.OwnerOnlyFiles;
import io.covey.crypto.identity.OwnerOnlyFiles.Access;
import io.covey.crypto.identity.x509.AuthorityFiles;
import io.covey.crypto.identity.x509.MemberName;
import io.covey.crypto.identity.x509.Pem;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.topic.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What Eclipse Mosquitto (2.0 or later) needs to hold a fleet's clients to what the embedded broker
 * holds them to: each is who its certificate says, has the session of that name, and uses its own
 * topics only.
 */
public final class MosquittoConfiguration {
  /** The file to start Mosquitto with. */
  public static final String CONFIGURATION = "mosquitto.conf";

  private static final String ACL = "acl";
  private static final String ROOTS = "ca.crt";
  private static final String REVOKED = "revoked.crl";
  private static final String BROKER = "broker";

  private final FleetId fleet;
  private final Topics topics;
  private final Path directory;

  /**
   * @param directory of the files, which name each other by its absolute path
   */
  public MosquittoConfiguration(FleetId fleet, Path directory) {
    this.fleet = fleet;
    this.topics = new Topics(fleet);
    this.directory = directory.toAbsolutePath();
  }

  /**
   * Writes everything, in the place of what was there. The key keeps its file's owner and mode:
   * whoever runs Mosquitto must be able to read it.
   *
   * @param broker with the role of a broker
   * @param port where it listens
   * @param pidFile where it writes its process id, for whoever signals it
   */
  public void write(TlsIdentity broker, int port, Optional<Path> pidFile) throws IOException {
    AuthorityFiles.writeMember(directory, BROKER, broker);
    publish(ROOTS, Pem.certificates(broker.chain().subList(1, broker.chain().size())));
    publish(
        CONFIGURATION,
        configuration(port) + pidFile.map(MosquittoConfiguration::pidFile).orElse(""));
  }

  /**
   * Writes who is no longer let in; Mosquitto takes it up at a SIGHUP.
   *
   * @param crl in DER
   * @param denied agents without any certificate that counts: connections of theirs that still
   *     stand can do nothing from then on
   */
  public void writeRevocations(Octets crl, Set<AgentId> denied) throws IOException {
    OwnerOnlyFiles.makeDirectory(directory);
    publish(REVOKED, Pem.crl(crl));
    publish(ACL, acl(denied));
  }

  private void publish(String name, String text) throws IOException {
    OwnerOnlyFiles.replace(
        directory.resolve(name), text.getBytes(StandardCharsets.UTF_8), Access.PUBLIC);
  }

  /** Whether it has been written there. */
  public boolean isWritten() {
    return Files.exists(directory.resolve(CONFIGURATION));
  }

  private String configuration(int port) {
    return String.join(
        "\n",
        "# A Covey fleet on Eclipse Mosquitto. Written by `covey broker config mosquitto`.",
        "listener " + port,
        "cafile " + directory.resolve(ROOTS),
        "certfile " + directory.resolve(BROKER + ".crt"),
        "keyfile " + directory.resolve(BROKER + ".key"),
        "crlfile " + directory.resolve(REVOKED),
        "tls_version tlsv1.3",
        "# A client is who its certificate says, also as to its session.",
        "require_certificate true",
        "use_identity_as_username true",
        "use_username_as_clientid true",
        "allow_anonymous false",
        "acl_file " + directory.resolve(ACL),
        "# Paho uses aliases after a reconnect that the broker no longer knows.",
        "max_topic_alias 0",
        "max_inflight_messages 256",
        "max_queued_messages 10000",
        "max_packet_size " + BrokerConfiguration.PACKET_BYTES,
        "");
  }

  private static String pidFile(Path file) {
    return "pid_file " + file.toAbsolutePath() + "\n";
  }

  private String acl(Set<AgentId> denied) {
    StringBuilder acl =
        new StringBuilder("# Written by `covey broker config mosquitto`; %u is the agent.\n");
    acl.append("user ").append(MemberName.of(fleet, Role.COORDINATOR).commonName());
    acl.append("\ntopic readwrite ").append(topics.everything()).append("\n\n");
    for (AgentId agent : new TreeSet<>(denied)) {
      acl.append("user ").append(agent);
      acl.append("\ntopic deny ").append(topics.everything()).append("\n\n");
    }
    for (String rule : agentRules()) {
      acl.append("pattern ").append(rule).append('\n');
    }
    return acl.toString();
  }

  private List<String> agentRules() {
    AgentId any = new AgentId("any");
    return List.of(
        "write " + topics.fromAgent(any).replace("/d/any/", "/d/%u/"),
        "read " + topics.toAgent(any).replace("/d/any/", "/d/%u/"),
        "read " + topics.models(),
        "read " + topics.trust());
  }
}
