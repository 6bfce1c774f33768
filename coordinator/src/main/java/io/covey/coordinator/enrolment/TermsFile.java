package io.covey.coordinator.enrolment;

import io.covey.crypto.identity.IdentityFiles;
import io.covey.crypto.identity.KeyDocument;
import io.covey.crypto.identity.OwnerOnlyFiles.Access;
import io.covey.protocols.settings.HostPort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where an authority's agents find broker and issuing service, in a file beside its keys: join
 * tokens and certificates are given out by several commands, and must agree. Public.
 *
 * @param broker {@code mqtts://host:port}
 * @param issuers 1 to 4
 * @param lifetime of an agent's certificates, in whole seconds
 */
public record TermsFile(URI broker, List<HostPort> issuers, Duration lifetime) {
  public static final String NAME = "issuing.json";

  private static final KeyDocument.Kind KIND =
      new KeyDocument.Kind(
          "covey-issuing-terms", List.of("broker", "issuers", "lifetime-seconds"), List.of());
  private static final Duration SHORTEST = Duration.ofMinutes(10);
  private static final Duration LONGEST = Duration.ofDays(825);

  /** On one machine: for trials. Made after the bounds that it is checked against. */
  public static final TermsFile LOCAL =
      new TermsFile(
          URI.create("mqtts://localhost:8883"),
          List.of(new HostPort("localhost", 8463)),
          IssuingDesk.Terms.LIFETIME);

  public TermsFile {
    issuers = List.copyOf(issuers);
    if (issuers.isEmpty() || issuers.size() > 4) {
      throw new IllegalArgumentException(issuers.size() + " issuing services, expected 1 to 4");
    }
    if (!"mqtts".equals(broker.getScheme()) || broker.getHost() == null || broker.getPort() < 1) {
      throw new IllegalArgumentException(
          "broker address '" + broker + "', expected mqtts://host:port");
    }
    if (lifetime.compareTo(SHORTEST) < 0 || lifetime.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "certificates for " + lifetime + ", expected " + SHORTEST + " to " + LONGEST);
    }
  }

  /** In the place of what was there. */
  public void write(Path directory) throws IOException {
    IdentityFiles.replace(
        directory.resolve(NAME),
        Access.PUBLIC,
        new KeyDocument(KIND)
            .with("broker", broker.toString())
            .with(
                "issuers",
                issuers.stream().map(HostPort::toString).collect(Collectors.joining(",")))
            .with("lifetime-seconds", Long.toString(lifetime.toSeconds())));
  }

  public static TermsFile read(Path directory) throws IOException {
    return IdentityFiles.read(
        directory.resolve(NAME),
        Access.PUBLIC,
        KIND,
        document ->
            new TermsFile(
                URI.create(document.text("broker")),
                Arrays.stream(document.text("issuers").split(",", -1))
                    .map(HostPort::parse)
                    .toList(),
                Duration.ofSeconds(Long.parseLong(document.text("lifetime-seconds")))));
  }
}
