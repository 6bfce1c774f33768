package io.covey.coordinator.app;

import io.covey.coordinator.broker.BrokerTls;
import io.covey.coordinator.config.CoordinatorSettings;
import io.covey.coordinator.config.HttpsDeliverySection;
import io.covey.coordinator.enrolment.HttpsRevocations;
import io.covey.coordinator.enrolment.IssuerStore;
import io.covey.coordinator.enrolment.OpenAuthority;
import io.covey.coordinator.enrolment.RevocationSource;
import io.covey.crypto.identity.CoordinatorIdentity;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.identity.IdentityFileException;
import io.covey.crypto.identity.IdentityFiles;
import io.covey.crypto.identity.Revocations;
import io.covey.crypto.identity.x509.AuthorityFiles;
import io.covey.crypto.identity.x509.MemberName;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.message.ArtifactUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds what coordinator, embedded broker and delivery over HTTPS prove themselves with. Where the
 * authority's key lies beside the coordinator's, as in a trial, it makes new certificates at each
 * start and before they end; otherwise they come from {@code covey authority certify}.
 */
final class MutualTlsKeys {
  /** Of the files of the broker. */
  static final String BROKER = "broker";

  /** Of the files of the coordinator as a client. */
  static final String COORDINATOR = "coordinator-tls";

  /** Of the files of whoever serves files over HTTPS. */
  static final String DELIVERY = "delivery";

  private static final Duration TRIAL_LIFETIME = Duration.ofDays(365);

  private final CoordinatorSettings settings;
  private final CoordinatorIdentity identity;
  private final Path directory;
  private @Nullable TlsIdentity own;
  private final Map<Role, CertificateSource> renewals = new EnumMap<>(Role.class);

  MutualTlsKeys(CoordinatorSettings settings, CoordinatorIdentity identity) {
    this.settings = settings;
    this.identity = identity;
    this.directory = settings.identityDirectory();
  }

  /** What the coordinator needs; empty when the settings ask for no TLS. */
  Optional<MutualTls> coordinator() {
    if (!settings.broker().usesTls()) {
      return Optional.empty();
    }
    return Optional.of(new MutualTls(own()));
  }

  /** Who is no longer a member, whether or not the broker takes clients over TLS. */
  RevocationSource revocations() {
    return settings
        .identity()
        .issuer()
        .<RevocationSource>map(issuer -> new HttpsRevocations(issuer, own(), identity.fleet()))
        .orElseGet(() -> RevocationSource.file(directory.resolve(IssuerStore.REVOCATIONS)));
  }

  /** Of the coordinator as a client, of broker and issuing service alike. */
  private TlsIdentity own() {
    TlsIdentity known = own;
    if (known == null) {
      known = member(COORDINATOR, Role.COORDINATOR, List.of());
      own = known;
    }
    return known;
  }

  /** What the embedded broker needs; empty when the settings ask for no TLS. */
  Optional<BrokerTls> broker() {
    if (!settings.broker().usesTls()) {
      return Optional.empty();
    }
    return Optional.of(
        new BrokerTls(
            member(BROKER, Role.BROKER, settings.broker().hosts()),
            new Revocations(FleetVerifier.of(identity.trust(), new Ed25519()))));
  }

  /** What files are served over HTTPS with; empty when the settings ask for none. */
  Optional<HttpsDelivery> delivery() {
    return settings.delivery().https().map(this::delivery);
  }

  private HttpsDelivery delivery(HttpsDeliverySection https) {
    if (!settings.broker().usesTls()) {
      throw CommandFailedException.usage(
          "delivery.https serves devices by their certificates, and the broker's connections have"
              + " none",
          "set broker.mutual-tls (or a broker.uri with mqtts), or leave delivery.https out");
    }
    List<String> hosts = new ArrayList<>(settings.broker().hosts());
    https.told().map(ArtifactUrl::host).filter(host -> !hosts.contains(host)).ifPresent(hosts::add);
    return new HttpsDelivery(
        settings.httpsDelivery().orElseThrow(IllegalStateException::new),
        member(DELIVERY, Role.DELIVERY, hosts),
        new Revocations(FleetVerifier.of(identity.trust(), new Ed25519())),
        https.told());
  }

  /** Where newer ones come from than those that were asked for before. */
  Map<Role, CertificateSource> renewals() {
    return Map.copyOf(renewals);
  }

  private TlsIdentity member(String name, Role role, List<String> hosts) {
    renewals.put(role, (inUse, now) -> newest(new Named(name, role), hosts, inUse, now));
    try {
      TlsIdentity member =
          AuthorityFiles.hasMember(directory, name) || !holdsAuthority()
              ? AuthorityFiles.readMember(directory, name)
              : issued(role, hosts);
      requireRole(new Named(name, role), member);
      return member;
    } catch (IOException e) {
      throw CommandFailedException.usage(
              "there is nothing to prove the "
                  + role.name().toLowerCase(Locale.ROOT)
                  + " with: "
                  + e.getMessage(),
              "make it with `covey authority certify`")
          .causedBy(e);
    }
  }

  /** What is certified, and the name of its files. */
  private record Named(String file, Role role) {}

  private void requireRole(Named named, TlsIdentity member) throws IdentityFileException {
    MemberName expected = MemberName.of(identity.fleet(), named.role());
    if (!MemberName.of(member.own()).filter(expected::equals).isPresent()) {
      throw new IdentityFileException(
          directory.resolve(named.file() + ".crt"), "is not for " + expected);
    }
  }

  /** From the files where there are some; otherwise made, in a trial, once that is due. */
  private TlsIdentity newest(Named named, List<String> hosts, TlsIdentity inUse, Instant now)
      throws IOException {
    if (AuthorityFiles.hasMember(directory, named.file())) {
      TlsIdentity member = AuthorityFiles.readMember(directory, named.file());
      requireRole(named, member);
      requireUse(named, member, inUse, now);
      return member;
    }
    boolean due = CertificateWatch.isDue(inUse.own(), now);
    return due && holdsAuthority() ? issued(named.role(), hosts) : inUse;
  }

  /** What is in use may be past its end; another one that is put in its place may not. */
  private void requireUse(Named named, TlsIdentity member, TlsIdentity inUse, Instant now)
      throws IdentityFileException {
    Path file = directory.resolve(named.file() + ".crt");
    if (!member.root().equals(inUse.root())) {
      throw new IdentityFileException(
          file, "has another root than the one in use; that takes a restart");
    }
    if (!member.chain().equals(inUse.chain())
        && !CertificateWatch.validity(member.own()).covers(now)) {
      throw new IdentityFileException(
          file,
          "counts from %s to %s, and not now"
              .formatted(
                  member.own().getNotBefore().toInstant(), member.own().getNotAfter().toInstant()));
    }
  }

  private boolean holdsAuthority() {
    return Files.exists(directory.resolve(IdentityFiles.AUTHORITY_KEY))
        && AuthorityFiles.hasIssuing(directory);
  }

  private TlsIdentity issued(Role role, List<String> hosts) throws IOException {
    try (OpenAuthority authority = OpenAuthority.open(directory)) {
      return authority.certify(role, hosts, TRIAL_LIFETIME);
    }
  }
}
