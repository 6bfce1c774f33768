package io.covey.edgeagent.config;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.settings.Setting;
import java.nio.file.Path;
import java.util.Optional;

/**
 * All that an operator decides about an agent.
 *
 * @param dataDirectory belongs to one running agent
 * @param examples empty for an agent that serves and does not train
 */
public record AgentSettings(
    @Setting(help = "Name of this agent, unique in its fleet.") AgentId id,
    @Setting(help = "Name of the fleet, as its coordinator has it.", preset = "home") FleetId fleet,
    @Setting(help = "Directory for models, kept across restarts.", preset = "covey-agent")
        Path dataDirectory,
    @Setting(help = "What this agent proves itself with to the others that train.")
        IdentitySection identity,
    @Setting(help = "How the fleet is reached.") BrokerSection broker,
    @Setting(help = "How programs on this device ask for inference.") ServingSection serving,
    @Setting(help = "What this agent trains on; left out, it only serves.")
        Optional<ExamplesSection> examples,
    @Setting(help = "What this agent agrees to when it is invited to train.")
        TrainingSection training,
    @Setting(help = "What models may take here.") ModelsSection models) {

  /** Where an agent that enrols by itself keeps its keys. */
  public Path identityDirectory() {
    return dataDirectory.resolve("identity");
  }

  /** The example file, with every key and its default, as a resource beside this class. */
  public static final String EXAMPLE = "agent.yaml";
}
