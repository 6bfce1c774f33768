package io.covey.coordinator.enrolment;

import io.covey.coordinator.audit.AuditEvent;
import io.covey.coordinator.audit.AuditEvent.Kind;
import io.covey.coordinator.audit.Auditor;
import io.covey.crypto.identity.JoinToken;
import io.covey.crypto.identity.SerialNumber;
import io.covey.crypto.identity.Validity;
import io.covey.crypto.identity.x509.EnrolmentApplication;
import io.covey.crypto.identity.x509.EnrolmentRequest;
import io.covey.crypto.identity.x509.IssuingAuthority;
import io.covey.crypto.identity.x509.MemberName;
import io.covey.crypto.identity.x509.Membership;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.SoftwareDeviceKeys;
import io.covey.crypto.identity.x509.X509;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.settings.HostPort;
import java.io.IOException;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Decides who gets certificates, and issues them.
 *
 * <p>Methods block on files and sign; one at a time, on any thread.
 */
public final class IssuingDesk {
  private final IssuingAuthority authority;

  /** How long a token that has expired is remembered as such. */
  static final Duration TOKENS_KEPT = Duration.ofDays(7);

  private final IssuerStore store;
  private final Supplier<Terms> terms;
  private final Surroundings surroundings;
  private final RefusalNotes refusals;

  /**
   * What an agent is told beside its certificates.
   *
   * @param coordinatorKey Ed25519; verifies the coordinator's session offers
   * @param releaseRoot digest of the root that releases are checked from, if the fleet has one
   * @param broker {@code mqtts://host:port}
   * @param issuers where agents renew
   * @param lifetime of certificates
   */
  public record Terms(
      Octets coordinatorKey,
      Optional<Sha256> releaseRoot,
      URI broker,
      List<HostPort> issuers,
      Duration lifetime) {
    /** By default; renewed from two thirds of it on. */
    public static final Duration LIFETIME = Duration.ofDays(90);

    public Terms {
      issuers = List.copyOf(issuers);
    }
  }

  /** Time and chance, what is verified with, and who takes note of what is decided. */
  public record Surroundings(
      InstantSource clock,
      RandomWords random,
      SoftwareDeviceKeys.Primitives primitives,
      Auditor auditor) {}

  /**
   * @param terms asked for each time: addresses may be known only once everybody listens
   */
  public IssuingDesk(
      IssuingAuthority authority,
      IssuerStore store,
      Supplier<Terms> terms,
      Surroundings surroundings) {
    this.authority = authority;
    this.store = store;
    this.terms = terms;
    this.surroundings = surroundings;
    this.refusals = new RefusalNotes(surroundings.auditor());
  }

  public IssuingAuthority authority() {
    return authority;
  }

  public IssuerStore store() {
    return store;
  }

  Instant now() {
    return surroundings.clock().instant();
  }

  /** Of a certificate of the service's own, from now on. */
  synchronized IssuingAuthority.Term term(Duration lifetime) {
    return IssuingAuthority.Term.draw(surroundings.random(), Validity.from(now(), lifetime));
  }

  /**
   * A new token for an agent, which {@link #enrol} will take once.
   *
   * @return the caller's to close
   */
  public synchronized JoinToken invite(AgentId agent, Duration lifetime) throws IOException {
    SecretBytes secret = JoinToken.drawSecret(surroundings.random());
    Instant expiry = Instant.ofEpochSecond(now().plus(lifetime).getEpochSecond());
    JoinToken token =
        new JoinToken(
            terms.get().issuers(), Sha256.of(X509.der(authority.root()).toBytes()), secret, expiry);
    note(AuditEvent.of(Kind.TOKEN_MADE, agent.value()).with("expires", expiry));
    store.add(JoinToken.hashOf(secret), new IssuerStore.IssuedToken(agent, expiry));
    return token;
  }

  /**
   * Forgets tokens that ended a while ago; until then, whoever comes too late is told so.
   *
   * @return how many
   */
  public int forgetExpiredTokens() throws IOException {
    return store.removeTokensBefore(now().minus(TOKENS_KEPT));
  }

  /**
   * Enrols the device that has a token's secret. What the agent of that name had before is revoked,
   * if it was for other keys: a device that is replaced does not remain a member.
   */
  public synchronized Issued enrol(EnrolmentApplication application) throws IOException {
    Octets hash = JoinToken.hashOf(application.secret());
    Optional<IssuerStore.IssuedToken> token = store.token(hash);
    String whom = token.map(known -> known.agent().value()).orElse("unknown");
    return noted(whom, decide(application, hash, token));
  }

  private Issued decide(
      EnrolmentApplication application, Octets hash, Optional<IssuerStore.IssuedToken> token)
      throws IOException {
    if (token.isEmpty()) {
      return new Issued.Refused(Refusal.TOKEN_UNKNOWN);
    }
    if (now().isAfter(token.get().expiry())) {
      return new Issued.Refused(Refusal.TOKEN_EXPIRED);
    }
    Optional<EnrolmentRequest> request = verified(application.request(), hash);
    if (request.isEmpty()) {
      return new Issued.Refused(Refusal.BAD_REQUEST_FOR_CERTIFICATES);
    }
    Octets keys = request.get().keys();
    if (!store.use(hash, keys)) {
      return new Issued.Refused(Refusal.TOKEN_USED);
    }
    AgentId agent = token.get().agent();
    List<LedgerEntry> earlier = store.enrolments(entry -> entry.agent().equals(agent));
    if (earlier.stream().anyMatch(e -> isReplaced(e, keys))) {
      note(AuditEvent.of(Kind.REVOKED, agent.value()).with("why", "replaced by another device"));
      store.revoke(
          authority.authority(), e -> e.agent().equals(agent) && isReplaced(e, keys), now());
    }
    return issue(Kind.ENROLLED, agent, request.get(), earlier);
  }

  private boolean isReplaced(LedgerEntry entry, Octets keys) {
    return !entry.keys().equals(keys) && !entry.validity().hasEnded(now());
  }

  /**
   * Renews the certificates of the agent that has shown {@code present} in TLS, where its chain and
   * time were validated, for the same keys.
   *
   * @param encoded the request, whose context is the serial number of {@code present}
   */
  public synchronized Issued renew(X509Certificate present, Octets encoded) throws IOException {
    Optional<MemberName> name =
        MemberName.of(present)
            .filter(n -> n.role() == Role.AGENT && n.fleet().equals(authority.fleet()));
    Optional<SerialNumber> serial = X509.serialOf(present);
    if (name.isEmpty() || serial.isEmpty()) {
      return noted("unknown", new Issued.Refused(Refusal.NO_CERTIFICATE));
    }
    return noted(name.get().name().value(), decide(name.get().name(), serial.get(), encoded));
  }

  private Issued decide(AgentId agent, SerialNumber serial, Octets encoded) throws IOException {
    if (store.revocations().filter(list -> list.contains(serial)).isPresent()) {
      return new Issued.Refused(Refusal.REVOKED);
    }
    Optional<EnrolmentRequest> request = verified(encoded, serial.value());
    if (request.isEmpty()) {
      return new Issued.Refused(Refusal.BAD_REQUEST_FOR_CERTIFICATES);
    }
    List<LedgerEntry> earlier = store.enrolments(entry -> entry.agent().equals(agent));
    boolean enrolled =
        earlier.stream()
            .anyMatch(e -> e.serial().equals(serial) && e.keys().equals(request.get().keys()));
    return enrolled
        ? issue(Kind.RENEWED, agent, request.get(), earlier)
        : new Issued.Refused(Refusal.NOT_ENROLLED);
  }

  private Optional<EnrolmentRequest> verified(Octets encoded, Octets context) {
    return EnrolmentRequest.verified(encoded, context, surroundings.primitives());
  }

  private Issued issue(
      Kind kind, AgentId agent, EnrolmentRequest request, List<LedgerEntry> earlier)
      throws IOException {
    // Of two certificates the later one stands, so no two begin in one second.
    long earliest =
        earlier.stream().mapToLong(e -> e.validity().notBeforeEpochSecond() + 1).max().orElse(0);
    Instant start = Instant.ofEpochSecond(Math.max(earliest, now().getEpochSecond()));
    Terms offered = terms.get();
    IssuingAuthority.Term term =
        IssuingAuthority.Term.draw(surroundings.random(), Validity.from(start, offered.lifetime()));
    Optional<Refusal> refused =
        store.record(
            new LedgerEntry(agent, term.serial(), term.validity(), request.keys()),
            now(),
            () ->
                note(
                    AuditEvent.of(kind, agent.value())
                        .with("serial", term.serial().value().toHex())
                        .with("until", term.validity().notAfter())));
    if (refused.isPresent()) {
      return new Issued.Refused(refused.get());
    }
    return new Issued.Granted(
        new Membership(
            authority.enrol(agent, request, term),
            offered.coordinatorKey(),
            offered.releaseRoot(),
            offered.broker(),
            offered.issuers()));
  }

  /**
   * Revokes all that an agent has.
   *
   * @return how many enrolments that was; none if it is not enrolled
   */
  public synchronized int revoke(AgentId agent) throws IOException {
    List<LedgerEntry> condemned =
        store.enrolments(e -> e.agent().equals(agent) && !e.validity().hasEnded(now()));
    if (!condemned.isEmpty()) {
      note(AuditEvent.of(Kind.REVOKED, agent.value()).with("enrolments", condemned.size()));
      store.revoke(authority.authority(), e -> e.agent().equals(agent), now());
    }
    return condemned.size();
  }

  private Issued noted(String whom, Issued result) throws IOException {
    if (result instanceof Issued.Refused refused) {
      refusals.add(refused.reason(), whom, now());
    }
    return result;
  }

  private void note(AuditEvent event) throws IOException {
    surroundings.auditor().note(event);
  }
}
