package io.covey.edgeagent.app;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import java.net.URI;
import java.nio.file.Path;

/** An agent in a process of its own that says when it answers, and then waits to be killed. */
public final class KilledAgent {
  private KilledAgent() {}

  public static void main(String[] args) throws Exception {
    EdgeAgent agent =
        EdgeAgent.builder(new AgentId("a1"), new FleetId("home"))
            .broker(URI.create("mqtt://127.0.0.1:1"))
            .dataDirectory(Path.of(args[0]))
            .build();
    agent.start();
    while (!agent.ready()) {
      Thread.onSpinWait();
    }
    System.out.println("serving " + agent.servedVersions());
    // The end of the stream, should the test be gone.
    if (System.in.read() < 0) {
      Runtime.getRuntime().halt(1);
    }
  }
}
