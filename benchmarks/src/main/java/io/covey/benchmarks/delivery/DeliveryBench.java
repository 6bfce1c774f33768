package io.covey.benchmarks.delivery;

import io.covey.crypto.identity.x509.AuthorityFiles;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.time.WorkerPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** One delivery to all agents at once. */
final class DeliveryBench {
  private static final int WORKERS = 4;

  private final DeliveryCase bench;

  DeliveryBench(DeliveryCase bench) {
    this.bench = bench;
  }

  DeliveryResult run() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("covey-bench-delivery");
    try {
      BenchMembers members = new BenchMembers();
      if (bench.https()) {
        AuthorityFiles.writeMember(directory, BenchMembers.DELIVERY, members.delivery());
      }
      try (PublishingChild child = PublishingChild.start(bench, directory)) {
        return run(child, members, directory);
      }
    } finally {
      delete(directory);
    }
  }

  private DeliveryResult run(PublishingChild child, BenchMembers members, Path directory)
      throws IOException, InterruptedException {
    WorkerPool workers = new WorkerPool("bench-disk", WORKERS);
    List<FetchingAgent> agents = new ArrayList<>();
    try {
      for (int i = 0; i < bench.agents(); i++) {
        LossyProxy proxy = new LossyProxy(child.port(), bench, bench.seed() * 31 + i);
        FetchingAgent agent = new FetchingAgent(i, proxy, directory, workers, bench.seed() + i);
        agents.add(agent);
        child.httpsUrl().ifPresent(url -> agent.fetchOverHttps(url, members));
      }
      ArtifactReference artifact = PublishingProcess.reference(child.digest(), bench.bytes());
      long start = System.nanoTime();
      List<CompletableFuture<Boolean>> fetches =
          agents.stream().map(agent -> agent.fetch(artifact)).toList();
      await(fetches);
      double seconds = (System.nanoTime() - start) / 1e9;
      return result(agents, artifact, seconds, child.figures());
    } finally {
      for (FetchingAgent agent : agents) {
        agent.close();
      }
      workers.close();
    }
  }

  private void await(List<CompletableFuture<Boolean>> fetches) throws InterruptedException {
    try {
      CompletableFuture.allOf(fetches.toArray(CompletableFuture[]::new))
          .get(bench.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      System.err.println("not all were there after " + bench.timeout());
    } catch (ExecutionException e) {
      throw new IllegalStateException("a fetch ended with an exception", e);
    }
  }

  private DeliveryResult result(
      List<FetchingAgent> agents,
      ArtifactReference artifact,
      double seconds,
      PublishingChild.Figures figures)
      throws IOException {
    int complete = 0;
    for (FetchingAgent agent : agents) {
      complete += agent.holds(artifact) ? 1 : 0;
    }
    List<LossyProxy> proxies = agents.stream().map(FetchingAgent::proxy).toList();
    return new DeliveryResult(
        bench,
        complete,
        seconds,
        proxies.stream().mapToLong(LossyProxy::downBytes).max().orElse(0),
        proxies.stream().mapToLong(LossyProxy::sentBytes).max().orElse(0),
        proxies.stream().mapToLong(LossyProxy::downBytes).sum(),
        proxies.stream().mapToLong(LossyProxy::upBytes).sum(),
        agents.stream().mapToLong(FetchingAgent::repeatedBytes).sum(),
        proxies.stream().mapToLong(LossyProxy::droppedMessages).sum(),
        proxies.stream().mapToInt(LossyProxy::cuts).sum(),
        figures.answeredBlocks(),
        figures.httpsBytes(),
        figures.peakHeapBytes());
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
