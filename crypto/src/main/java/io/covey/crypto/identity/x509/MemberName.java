package io.covey.crypto.identity.x509;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Whom a certificate is for.
 *
 * @param name an agent's id; for other roles a name of their own, after the same rules
 */
public record MemberName(FleetId fleet, Role role, AgentId name) {
  private static final String SCHEME = "covey:";

  /** RFC 5280, section 4.2.1.6. */
  private static final int URI_TYPE = 6;

  /** RFC 5280, appendix A.1: ub-common-name. */
  private static final int LONGEST_COMMON_NAME = 64;

  public MemberName {
    String commonName = commonName(fleet, role, name);
    if (commonName.length() > LONGEST_COMMON_NAME) {
      throw new IllegalArgumentException(
          "common name of %d characters, expected at most %d: choose a shorter name for the fleet"
              .formatted(commonName.length(), LONGEST_COMMON_NAME));
    }
  }

  /** That of an agent. */
  public static MemberName agent(FleetId fleet, AgentId agent) {
    return new MemberName(fleet, Role.AGENT, agent);
  }

  /** That of a fleet's one coordinator, broker or issuing service. */
  public static MemberName of(FleetId fleet, Role role) {
    return new MemberName(fleet, role, new AgentId(role.word()));
  }

  /** Whose certificate it is; empty for one that is not of this form. Verifies nothing. */
  public static Optional<MemberName> of(X509Certificate certificate) {
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      if (alternatives == null) {
        return Optional.empty();
      }
      List<String> uris =
          alternatives.stream()
              .filter(name -> name.get(0).equals(URI_TYPE))
              .map(name -> String.valueOf(name.get(1)))
              .toList();
      return uris.size() == 1 ? parse(uris.get(0)) : Optional.empty();
    } catch (CertificateParsingException e) {
      return Optional.empty();
    }
  }

  /** Reads what {@link #uri} wrote. */
  static Optional<MemberName> parse(String uri) {
    String[] parts = uri.split("/", -1);
    if (!uri.startsWith(SCHEME) || parts.length != 3) {
      return Optional.empty();
    }
    try {
      FleetId fleet = new FleetId(parts[0].substring(SCHEME.length()));
      AgentId name = new AgentId(parts[2]);
      return Role.ofWord(parts[1]).map(role -> new MemberName(fleet, role, name));
    } catch (IllegalArgumentException e) {
      // Names that are none.
      return Optional.empty();
    }
  }

  String uri() {
    return SCHEME + fleet + "/" + role.word() + "/" + name;
  }

  /**
   * An agent's id; of the others {@code role:fleet}, which no agent can be called. It is the MQTT
   * client id of those who have one.
   */
  public String commonName() {
    return commonName(fleet, role, name);
  }

  private static String commonName(FleetId fleet, Role role, AgentId name) {
    return role == Role.AGENT ? name.value() : role.word() + ":" + fleet;
  }

  @Override
  public String toString() {
    return uri();
  }
}
