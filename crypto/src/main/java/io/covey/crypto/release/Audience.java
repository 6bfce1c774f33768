package io.covey.crypto.release;

import io.covey.crypto.primitive.Canonical;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.GroupName;
import io.covey.protocols.id.ModelName;
import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which devices a release is for: those that fit all three. An empty set leaves nobody out.
 *
 * @param hardware kinds of hardware, with the syntax of names
 * @param groups a device has to be in one of them
 * @param agents single devices
 */
public record Audience(
    SortedSet<String> hardware, SortedSet<GroupName> groups, SortedSet<AgentId> agents) {
  public static final int MOST_OF_A_KIND = 256;

  /** Everybody. */
  public static final Audience ALL =
      new Audience(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());

  /** What a device says of itself, from its own configuration and certificate. */
  public record Device(AgentId agent, String hardware, Set<GroupName> groups) {
    public Device {
      checkHardware(hardware);
      groups = Set.copyOf(groups);
    }
  }

  public Audience {
    hardware = Collections.unmodifiableSortedSet(new TreeSet<>(hardware));
    groups = Collections.unmodifiableSortedSet(new TreeSet<>(groups));
    agents = Collections.unmodifiableSortedSet(new TreeSet<>(agents));
    hardware.forEach(Audience::checkHardware);
    int most = Math.max(hardware.size(), Math.max(groups.size(), agents.size()));
    if (most > MOST_OF_A_KIND) {
      throw new IllegalArgumentException(most + " of a kind, expected at most " + MOST_OF_A_KIND);
    }
  }

  /** For people: at most a line, whatever is in it. */
  public String description() {
    return equals(ALL)
        ? "all agents"
        : "hardware %s, groups %s, agents %s"
            .formatted(shown(hardware), shown(groups), shown(agents));
  }

  private static String shown(SortedSet<?> names) {
    int most = 8;
    if (names.isEmpty()) {
      return "any";
    }
    return names.size() <= most
        ? names.toString()
        : "%s and %d others".formatted(names.stream().limit(most).toList(), names.size() - most);
  }

  boolean fitsHardwareOf(Device device) {
    return hardware.isEmpty() || hardware.contains(device.hardware());
  }

  boolean includes(Device device) {
    return (groups.isEmpty() || !Collections.disjoint(groups, device.groups()))
        && (agents.isEmpty() || agents.contains(device.agent()));
  }

  Canonical appendTo(Canonical statement) {
    statement.number(hardware.size());
    hardware.forEach(statement::text);
    statement.number(groups.size());
    groups.forEach(group -> statement.text(group.value()));
    statement.number(agents.size());
    agents.forEach(statement::agent);
    return statement;
  }

  static Audience read(Fields fields) throws MalformedReleaseException {
    return new Audience(
        new TreeSet<>(fields.list(MOST_OF_A_KIND, Fields::text)),
        new TreeSet<>(fields.list(MOST_OF_A_KIND, group -> new GroupName(group.text()))),
        new TreeSet<>(fields.list(MOST_OF_A_KIND, agent -> new AgentId(agent.text()))));
  }

  private static void checkHardware(String kind) {
    ModelName sameSyntax = new ModelName(kind);
    if (!sameSyntax.value().equals(kind)) {
      throw new IllegalArgumentException("hardware " + kind);
    }
  }
}
