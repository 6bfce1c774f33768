package io.covey.coordinator.app;

import io.covey.crypto.identity.RenewalSchedule;
import io.covey.crypto.identity.Validity;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the certificates that a process proves itself with: from two thirds of their life on
 * it warns once a day, it shows at {@code /metrics} when they end, and it takes newer ones into use
 * where there are some.
 *
 * <p>Thread rule: everything on the scheduler's thread, but for sources and uses, which may block.
 */
final class CertificateWatch {
  /** Between two looks for newer ones. */
  static final Duration INTERVAL = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);
  private static final Duration WARNING_INTERVAL = Duration.ofDays(1);
  private static final Workload LOOK = new Workload(Workload.Kind.STORAGE, 0);
  private static final String METRIC = "covey.certificate.expiry.timestamp";

  private final Scheduler scheduler;
  private final MeterRegistry registry;
  private final List<Member> members = new ArrayList<>();
  private final Map<String, Watched> watched = new HashMap<>();

  /** Takes a newer certificate into use. */
  @FunctionalInterface
  interface Use {
    /** From now on, or from the next connection on. Blocks. */
    void take(TlsIdentity newer) throws IOException;
  }

  /** A certificate, and what to do before it ends. */
  private static final class Watched {
    private final Supplier<X509Certificate> certificate;
    private final String remedy;
    private @Nullable Instant warned;

    Watched(Supplier<X509Certificate> certificate, String remedy) {
      this.certificate = certificate;
      this.remedy = remedy;
    }

    Instant end() {
      return certificate.get().getNotAfter().toInstant();
    }
  }

  /** What proves a role, and who has to be told of a newer one. */
  private static final class Member {
    private final String name;
    private final CertificateSource source;
    private final Use use;
    private volatile TlsIdentity inUse;
    private boolean failing;

    Member(String name, TlsIdentity inUse, CertificateSource source, Use use) {
      this.name = name;
      this.inUse = inUse;
      this.source = source;
      this.use = use;
    }
  }

  CertificateWatch(Scheduler scheduler, MeterRegistry registry) {
    this.scheduler = scheduler;
    this.registry = registry;
  }

  /** Watches a certificate that stays what it is until the next start; before {@link #start}. */
  void watch(String name, Supplier<X509Certificate> certificate, String remedy) {
    Watched added = new Watched(certificate, remedy);
    watched.put(name, added);
    TimeGauge.builder(METRIC, () -> added.end().getEpochSecond(), TimeUnit.SECONDS)
        .description("When the certificate ends, in seconds since 1970")
        .tag("role", name)
        .register(registry);
  }

  /**
   * Watches a certificate that may be replaced; before {@link #start}.
   *
   * @param use is handed a newer one, away from the scheduler's thread
   */
  void watch(String name, TlsIdentity own, CertificateSource source, Use use) {
    Member member = new Member(name, own, source, use);
    members.add(member);
    watch(
        name,
        () -> member.inUse.own(),
        "make a new one with `covey authority certify "
            + name
            + "`; it is taken without a restart");
  }

  /** What a member proves itself with now; any thread. */
  TlsIdentity inUse(String name) {
    return members.stream()
        .filter(member -> member.name.equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no certificate of the " + name))
        .inUse;
  }

  /** Looks now, and from now on; once. */
  void start() {
    scheduler.execute(this::look);
  }

  private void look() {
    watched.forEach(this::warnIfDue);
    members.forEach(this::lookForNewer);
    var unused = scheduler.schedule(INTERVAL, this::look);
  }

  private void warnIfDue(String name, Watched one) {
    Instant now = scheduler.now();
    Instant last = one.warned;
    // A newer one that the last look has found is in use by now.
    boolean due = isDue(one.certificate.get(), now.minus(INTERVAL));
    if (!due || (last != null && now.isBefore(last.plus(WARNING_INTERVAL)))) {
      return;
    }
    one.warned = now;
    if (now.isBefore(one.end())) {
      LOG.warn(
          "the certificate of the {} ends at {}, in {} days: {}",
          name,
          one.end(),
          Duration.between(now, one.end()).toDays(),
          one.remedy);
    } else {
      LOG.error("the certificate of the {} ended at {}: {}", name, one.end(), one.remedy);
    }
  }

  private void lookForNewer(Member member) {
    var unused =
        scheduler
            .offload(LOOK, () -> taken(member, scheduler.now()))
            .handle((newest, failure) -> noted(member, newest, failure));
  }

  /** The newest, in use by now. */
  private static TlsIdentity taken(Member member, Instant now) throws IOException {
    TlsIdentity before = member.inUse;
    TlsIdentity newest = member.source.newest(before, now);
    if (!newest.chain().equals(before.chain())) {
      member.use.take(newest);
    }
    return newest;
  }

  private static boolean noted(
      Member member, @Nullable TlsIdentity newest, @Nullable Throwable failure) {
    if (newest == null) {
      failed(member, failure);
    } else {
      member.failing = false;
      if (!newest.chain().equals(member.inUse.chain())) {
        member.inUse = newest;
        LOG.info(
            "the {} proves itself with a newer certificate, good until {}",
            member.name,
            newest.own().getNotAfter().toInstant());
      }
    }
    return newest != null;
  }

  /** Once, not every minute; what is in use stays so. */
  private static void failed(Member member, @Nullable Throwable failure) {
    if (!member.failing) {
      LOG.warn(
          "a newer certificate of the {} is not used: {}", member.name, String.valueOf(failure));
    }
    member.failing = true;
  }

  /** Whether two thirds of its life are over. */
  static boolean isDue(X509Certificate certificate, Instant now) {
    return !now.isBefore(new RenewalSchedule(validity(certificate), 0).dueAt());
  }

  static Validity validity(X509Certificate certificate) {
    return new Validity(
        certificate.getNotBefore().toInstant().getEpochSecond(),
        certificate.getNotAfter().toInstant().getEpochSecond());
  }
}
