package io.covey.architecture.planted.coordinator.round;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;

/** Planted: a protocol core that does everything it must not. */
public final class ImpureRound {
  void usesVertx(io.vertx.core.Vertx vertx) {
    vertx.close();
  }

  void usesNetty(io.netty.buffer.ByteBuf buffer) {
    buffer.release();
  }

  void usesPaho(org.eclipse.paho.mqttv5.common.MqttMessage message) {
    message.clearPayload();
  }

  Socket opensSocket() {
    return new Socket();
  }

  boolean readsFile(Path path) {
    return Files.exists(path);
  }

  int readsStream(InputStream in) throws IOException {
    return in.read();
  }

  void startsThread() {
    new Thread(() -> {}).start();
  }

  void usesExecutor(Executor executor) {
    executor.execute(() -> {});
  }

  Instant asksForInstant() {
    return Instant.now();
  }

  long asksForNanoTime() {
    return System.nanoTime();
  }

  long asksForMillis() {
    return System.currentTimeMillis();
  }

  long holdsClock(Clock clock) {
    return clock.millis();
  }

  void logs(Logger log) {
    log.info("planted");
  }

  void prints() {
    System.out.println("planted");
  }

  int drawsFromRandom() {
    return new Random(1).nextInt();
  }

  int drawsFromSecureRandom() {
    return new SecureRandom().nextInt();
  }

  double drawsFromMath() {
    return Math.random();
  }

  int drawsFromThread() {
    return ThreadLocalRandom.current().nextInt();
  }

  RandomGenerator drawsFromDefaultGenerator() {
    return RandomGenerator.getDefault();
  }

  UUID drawsUuid() {
    return UUID.randomUUID();
  }

  void shufflesByItself(List<String> list) {
    Collections.shuffle(list);
  }

  String readsEnvironment() {
    return String.valueOf(System.getenv("HOME"));
  }
}
