package io.covey.edgeagent.config;

import io.covey.crypto.release.Audience;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.GroupName;
import io.covey.protocols.settings.Secret;
import io.covey.protocols.settings.Setting;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The section {@code identity}. */
public record IdentitySection(
    @Setting(
            help =
                "Join token from `covey authority token`, with which the agent enrols at its first"
                    + " start; of no use after that. An agent that has not enrolled connects to"
                    + " nobody.")
        Optional<Secret> joinToken,
    @Setting(help = "Kind of hardware, for releases that are for some kinds only.", preset = "any")
        String hardware,
    @Setting(help = "Groups that this agent is in, for releases that are for some groups only.")
        List<String> groups) {

  /** Checks the names. */
  public IdentitySection {
    device(new AgentId("any"), hardware, groups);
  }

  /** What the agent is to releases that are not for everybody. */
  public Audience.Device device(AgentId agent) {
    return device(agent, hardware, groups);
  }

  private static Audience.Device device(AgentId agent, String hardware, List<String> groups) {
    return new Audience.Device(
        agent, hardware, groups.stream().map(GroupName::new).collect(Collectors.toSet()));
  }
}
