package io.covey.coordinator.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.covey.coordinator.broker.TestFleet;
import io.covey.crypto.identity.Validity;
import io.covey.crypto.identity.x509.IssuingAuthority;
import io.covey.crypto.identity.x509.MemberName;
import io.covey.crypto.identity.x509.P256Keys;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.protocols.time.VirtualTime;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class CertificateWatchTest {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(CertificateWatch.class);
  private static final TestFleet FLEET = new TestFleet("21");
  private static final Instant NOW = Instant.parse("2026-11-27T08:00:00Z");

  private final VirtualTime time = new VirtualTime(NOW);
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final CertificateWatch watch = new CertificateWatch(time, meters);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final List<TlsIdentity> taken = new ArrayList<>();

  @BeforeEach
  void listen() {
    log.start();
    LOG.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    LOG.detachAppender(log);
  }

  private static TlsIdentity broker(Instant from, Duration lifetime) {
    KeyPair keys = P256Keys.generate();
    return new TlsIdentity(
        FLEET
            .authority()
            .certify(
                MemberName.of(TestFleet.FLEET, Role.BROKER),
                List.of("localhost"),
                keys.getPublic(),
                IssuingAuthority.Term.draw(
                    AesCtrRandomWords.fromSystemRandomness(), Validity.from(from, lifetime))),
        keys.getPrivate());
  }

  private List<String> said(Level level) {
    return log.list.stream()
        .filter(event -> event.getLevel().equals(level))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  private long shownEnd() {
    return (long)
        meters.get("covey.certificate.expiry.timestamp").tag("role", "broker").timeGauge().value();
  }

  @Test
  void fromTwoThirdsOfItsLifeOnItIsSpokenOfOnceADayUntilItEnds() {
    watch.watch("broker", broker(NOW, Duration.ofDays(30)), CertificateSource.none(), taken::add);
    watch.start();
    time.runFor(Duration.ofDays(20).minusMinutes(2));
    assertThat(log.list).isEmpty();
    time.runFor(Duration.ofMinutes(5));
    assertThat(said(Level.WARN))
        .containsExactly(
            "the certificate of the broker ends at 2026-12-27T08:00:00Z, in 10 days: make a new one"
                + " with `covey authority certify broker`; it is taken without a restart");
    time.runFor(Duration.ofDays(10).minusMinutes(10));
    assertThat(said(Level.WARN)).hasSize(10);
    assertThat(said(Level.ERROR)).isEmpty();
    time.runFor(Duration.ofDays(3));
    assertThat(said(Level.WARN)).hasSize(10);
    assertThat(said(Level.ERROR))
        .hasSize(3)
        .allMatch(line -> line.startsWith("the certificate of the broker ended at 2026-12-27"));
    assertThat(taken).isEmpty();
  }

  @Test
  void whenItEndsIsShownAsPrometheusCountsTime() {
    watch.watch("broker", broker(NOW, Duration.ofDays(30)), CertificateSource.none(), taken::add);
    long end = NOW.plus(Duration.ofDays(30)).getEpochSecond();
    assertThat(shownEnd()).isEqualTo(end);
    assertThat(meters.scrape())
        .contains("# TYPE covey_certificate_expiry_timestamp_seconds gauge")
        .contains("covey_certificate_expiry_timestamp_seconds{role=\"broker\"} 1.79");
  }

  @Test
  void aNewerOneIsTakenOnceWithinAMinuteAndNothingMoreIsSaidOfTheOld() {
    TlsIdentity first = broker(NOW, Duration.ofDays(30));
    TlsIdentity second = broker(NOW.plus(Duration.ofDays(21)), Duration.ofDays(30));
    Instant arrival = NOW.plus(Duration.ofDays(21));
    watch.watch(
        "broker", first, (inUse, now) -> now.isBefore(arrival) ? inUse : second, taken::add);
    watch.start();
    time.runFor(Duration.ofDays(21).plusMinutes(1));
    assertThat(taken).containsExactly(second);
    assertThat(watch.inUse("broker")).isEqualTo(second);
    assertThat(shownEnd()).isEqualTo(NOW.plus(Duration.ofDays(51)).getEpochSecond());
    int before = said(Level.WARN).size();
    time.runFor(Duration.ofDays(19));
    assertThat(taken).hasSize(1);
    assertThat(said(Level.WARN)).hasSize(before);
    time.runFor(Duration.ofDays(2));
    assertThat(said(Level.WARN).size()).isGreaterThan(before);
  }

  @Test
  void oneThatIsReplacedAsSoonAsItIsDueIsNotSpokenOf() {
    watch.watch(
        "broker",
        broker(NOW, Duration.ofDays(30)),
        (inUse, now) ->
            CertificateWatch.isDue(inUse.own(), now) ? broker(now, Duration.ofDays(30)) : inUse,
        taken::add);
    watch.start();
    time.runFor(Duration.ofDays(90));
    assertThat(taken).hasSize(4);
    assertThat(said(Level.WARN)).isEmpty();
    assertThat(said(Level.ERROR)).isEmpty();
  }

  @Test
  void oneThatIsOfNoUseIsSpokenOfOnceAndTriedAgain() {
    TlsIdentity first = broker(NOW, Duration.ofDays(30));
    TlsIdentity second = broker(NOW, Duration.ofDays(30));
    Instant mended = NOW.plus(Duration.ofHours(1));
    watch.watch(
        "broker",
        first,
        (inUse, now) -> {
          if (now.isBefore(mended)) {
            throw new IOException("half of it is not there");
          }
          return second;
        },
        taken::add);
    watch.start();
    time.runFor(Duration.ofMinutes(59));
    assertThat(said(Level.WARN))
        .singleElement()
        .asString()
        .startsWith("a newer certificate of the broker is not used: ")
        .contains("half of it is not there");
    assertThat(watch.inUse("broker")).isEqualTo(first);
    time.runFor(Duration.ofMinutes(2));
    assertThat(taken).containsExactly(second);
  }

  @Test
  void oneThatCouldNotBeTakenIsTriedAgain() {
    TlsIdentity first = broker(NOW, Duration.ofDays(30));
    TlsIdentity second = broker(NOW, Duration.ofDays(30));
    watch.watch(
        "broker",
        first,
        (inUse, now) -> second,
        newer -> {
          taken.add(newer);
          if (taken.size() < 3) {
            throw new IOException("the disk is full");
          }
        });
    watch.start();
    time.runFor(Duration.ofMinutes(10));
    assertThat(taken).containsExactly(second, second, second);
    assertThat(watch.inUse("broker")).isEqualTo(second);
  }
}
