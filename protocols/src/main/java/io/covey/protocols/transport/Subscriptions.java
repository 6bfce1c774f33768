package io.covey.protocols.transport;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a client wants to be subscribed to, and what a broker that keeps its session may still have
 * to forget. The owner's thread only.
 */
final class Subscriptions {
  private final Map<String, QualityOfService> wanted = new LinkedHashMap<>();
  private final Set<String> unwanted = new LinkedHashSet<>();

  void want(String filter, QualityOfService qos) {
    wanted.put(filter, qos);
    unwanted.remove(filter);
  }

  /** False when {@code filter} was not wanted. */
  boolean drop(String filter) {
    return wanted.remove(filter) != null && unwanted.add(filter);
  }

  Map<String, QualityOfService> wanted() {
    return new LinkedHashMap<>(wanted);
  }

  /** What is wanted and not among {@code sent}. */
  Map<String, QualityOfService> wantedBeside(Map<String, QualityOfService> sent) {
    Map<String, QualityOfService> rest = wanted();
    rest.entrySet().removeAll(sent.entrySet());
    return rest;
  }

  /** What was dropped and not yet agreed to by the broker. */
  List<String> unwanted() {
    return List.copyOf(unwanted);
  }

  /** The broker has forgotten {@code filter}. */
  void forgotten(String filter) {
    unwanted.remove(filter);
  }

  /** The broker has no session, so nothing to forget. */
  void sessionIsNew() {
    unwanted.clear();
  }
}
