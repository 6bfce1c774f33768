package io.covey.benchmarks.start;

import io.covey.coordinator.app.CoordinatorServer;
import io.covey.coordinator.app.MutualTls;
import io.covey.coordinator.app.ServerOptions;
import io.covey.coordinator.app.ServerOptions.BrokerChoice;
import io.covey.coordinator.broker.BrokerSettings;
import io.covey.coordinator.broker.BrokerTls;
import io.covey.coordinator.enrolment.Issued;
import io.covey.coordinator.enrolment.OpenAuthority;
import io.covey.coordinator.enrolment.TermsFile;
import io.covey.coordinator.http.HttpSettings;
import io.covey.coordinator.release.ReleaseFiles;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.store.DatabaseSettings;
import io.covey.coordinator.training.RoundLimits;
import io.covey.crypto.identity.CoordinatorIdentity;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.identity.IdentityFiles;
import io.covey.crypto.identity.JoinToken;
import io.covey.crypto.identity.Revocations;
import io.covey.crypto.identity.x509.DeviceFiles;
import io.covey.crypto.identity.x509.EnrolmentApplication;
import io.covey.crypto.identity.x509.EnrolmentRequest;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.SoftwareDeviceKeys;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.edgeagent.app.EdgeAgent;
import io.covey.edgeagent.enrolment.IssuerClient;
import io.covey.edgeagent.enrolment.MembershipKeeper;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.transport.TransportSettings;
import io.covey.simulator.demo.DemoModel;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A device's directory as an agent leaves it that has enrolled, and has been given a model by a
 * coordinator over mutual TLS. Both are gone by then: nothing listens where the agent was told.
 *
 * @param data the agent's data directory, with its identity
 */
record HeldModel(Path data, AgentId agent, FleetId fleet) {
  private static final FleetId FLEET = new FleetId("bench");
  private static final AgentId AGENT = new AgentId("device");
  private static final ModelName MODEL = new ModelName(DemoModel.NAME);
  private static final SoftwareDeviceKeys.Primitives PRIMITIVES =
      new SoftwareDeviceKeys.Primitives(new Ed25519(), new XWing());
  private static final Duration LIFETIME = Duration.ofDays(1);
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final long PAUSE_MILLIS = 20;
  private static final int PIXELS = 64;

  /** Makes it below {@code directory}. */
  static HeldModel fetchInto(Path directory) throws IOException, InterruptedException {
    Path authorityFiles = directory.resolve("authority");
    OpenAuthority.create(FLEET, authorityFiles, authorityFiles, TermsFile.LOCAL);
    HeldModel held = new HeldModel(directory.resolve("device"), AGENT, FLEET);
    try (OpenAuthority authority = OpenAuthority.open(authorityFiles);
        CoordinatorServer coordinator =
            CoordinatorServer.start(options(authority, authorityFiles, directory))) {
      settle(coordinator);
      DeviceFiles identity = new DeviceFiles(held.data.resolve("identity"), PRIMITIVES);
      enrol(authority, identity);
      try (MembershipKeeper member = MembershipKeeper.open(identity, client(), 0);
          EdgeAgent agent = held.agent(member, coordinator.brokerUri())) {
        agent.start();
        awaitServed(agent);
      }
    }
    return held;
  }

  String inferencePath() {
    return "/v2/models/" + MODEL + "/infer";
  }

  /** One blank image. */
  String inferenceBody() {
    return "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,%d],\"data\":%s}]}"
        .formatted(PIXELS, Collections.nCopies(PIXELS, 0));
  }

  private static ServerOptions options(OpenAuthority authority, Path authorityFiles, Path directory)
      throws IOException {
    CoordinatorIdentity keys = IdentityFiles.readCoordinator(authorityFiles, PRIMITIVES.signer());
    CoordinatorIdentity identity =
        keys.withReleases(
            new ReleaseFiles(authorityFiles, PRIMITIVES.signer()).read(FLEET), PRIMITIVES.signer());
    TlsIdentity broker =
        authority.certify(Role.BROKER, List.of("localhost", BrokerSettings.LOOPBACK), LIFETIME);
    Revocations revocations =
        new Revocations(FleetVerifier.of(identity.trust(), PRIMITIVES.signer()));
    return new ServerOptions(
            FLEET,
            identity,
            Files.createDirectory(directory.resolve("artifacts")),
            DatabaseSettings.inMemory(),
            new BrokerChoice.Embedded(
                BrokerSettings.onLoopback(FLEET, ServerOptions.clientId(FLEET))
                    .withTls(new BrokerTls(broker, revocations))),
            HttpSettings.onLoopback(0, Files.createDirectory(directory.resolve("uploads"))),
            RoundLimits.standard(),
            TrainingPlan.standard(),
            new SplittableRandom(1))
        .withMutualTls(new MutualTls(authority.certify(Role.COORDINATOR, List.of(), LIFETIME)));
  }

  private static void settle(CoordinatorServer coordinator)
      throws IOException, InterruptedException {
    try {
      var unused =
          coordinator
              .operations()
              .registerModel(MODEL, DemoModel.DESCRIPTION, DemoModel.graph(), Optional.empty())
              .toCompletableFuture()
              .get(LONGEST.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the model could not be registered: " + e.getMessage(), e);
    }
  }

  /** At the desk itself, as the issuing service does for who comes over the network. */
  private static void enrol(OpenAuthority authority, DeviceFiles identity) throws IOException {
    try (JoinToken token = authority.desk().invite(AGENT, LIFETIME);
        SoftwareDeviceKeys keys = identity.keysOrNew(AesCtrRandomWords.fromSystemRandomness());
        EnrolmentApplication application =
            new EnrolmentApplication(
                token.secret().copy(),
                EnrolmentRequest.create(keys, JoinToken.hashOf(token.secret())).encoded())) {
      Issued issued = authority.desk().enrol(application);
      if (!(issued instanceof Issued.Granted granted)) {
        throw new IOException("the device was not enrolled: " + issued);
      }
      identity.write(granted.membership());
    }
  }

  private static IssuerClient client() {
    return new IssuerClient(InstantSource.system(), PRIMITIVES.signer());
  }

  private EdgeAgent agent(MembershipKeeper member, URI broker) throws IOException {
    return EdgeAgent.builder(agent, fleet)
        .connection(TransportSettings.overTls(broker, agent.value(), member))
        .identity(member.identity())
        .dataDirectory(data)
        .build();
  }

  private static void awaitServed(EdgeAgent agent) throws IOException, InterruptedException {
    Instant deadline = Instant.now().plus(LONGEST);
    while (!agent.servedVersions().containsKey(MODEL)) {
      if (Instant.now().isAfter(deadline)) {
        throw new IOException("the model did not reach the device within " + LONGEST);
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }
}
