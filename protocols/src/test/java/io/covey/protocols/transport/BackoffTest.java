package io.covey.protocols.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.protocols.transport.TransportSettings.BackoffBounds;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class BackoffTest {
  private static final BackoffBounds BOUNDS =
      new BackoffBounds(Duration.ofSeconds(1), Duration.ofSeconds(60));

  @Test
  void ceilingDoublesUpToTheMaximum() {
    for (int attempt = 0; attempt < 100; attempt++) {
      Duration ceiling = Duration.ofSeconds(Math.min(60, 1L << Math.min(attempt, 10)));
      Duration longest = longestOf(attempt);
      assertThat(longest).isLessThan(ceiling).isGreaterThan(ceiling.multipliedBy(9).dividedBy(10));
    }
  }

  @Test
  void jitterIsFull() {
    Duration shortest = draws(8).min(Duration::compareTo).orElseThrow();
    assertThat(shortest).isLessThan(Duration.ofSeconds(6));
  }

  @Test
  void onlyAConnectionThatLastedStartsAnew() {
    Backoff backoff = new Backoff(BOUNDS, new SplittableRandom(1));
    for (int i = 0; i < 20; i++) {
      backoff.next();
      backoff.connectionLasted(Duration.ofSeconds(59));
    }
    assertThat(Stream.generate(backoff::next).limit(50).max(Duration::compareTo).orElseThrow())
        .isGreaterThan(Duration.ofSeconds(30));
    backoff.connectionLasted(Duration.ofSeconds(60));
    assertThat(backoff.next()).isLessThan(Duration.ofSeconds(1));
  }

  private static Duration longestOf(int attempt) {
    return draws(attempt).max(Duration::compareTo).orElseThrow();
  }

  /** What many clients draw for the same attempt. */
  private static Stream<Duration> draws(int attempt) {
    return Stream.iterate(0, client -> client + 1)
        .limit(200)
        .map(
            client -> {
              Backoff backoff = new Backoff(BOUNDS, new SplittableRandom(client));
              for (int i = 0; i < attempt; i++) {
                backoff.next();
              }
              return backoff.next();
            });
  }
}
