package io.covey.benchmarks.secagg;

import io.covey.crypto.secagg.InfeasibleSecAggException;
import io.covey.crypto.secagg.SecAggParameters;
import io.covey.crypto.secagg.server.ServerEvent.Stage;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.ExitCode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs whole secure aggregation sessions in memory and says what they cost. */
@Command(
    name = "secagg",
    description = {
      "Measure secure aggregation: whole sessions in memory, every participant and the coordinator,"
          + " on one warm thread. Prints CPU time by step, bytes, the coordinator's peak heap, and"
          + " whether the opened sum is exactly the sum of the participants' entries."
    },
    footer = {
      "%nExamples:",
      "  covey bench secagg --clients 128 --entries 100000",
      "  covey bench secagg --clients 128 --entries 100000 --neighbours 14 --threshold 8"
          + " --dropout 0.1 --json",
      "  covey bench secagg --clients 20 --entries 1000 --dropout 0.1 --drop-step share-keys"
    })
public final class SecAggCommand implements Callable<Integer> {
  /** So that all entries of a session fit the arrays that they are made in. */
  private static final int MAXIMUM_ENTRIES = 100_000_000;

  private static final int MAXIMUM_CLIENTS = 100_000;

  @Option(
      names = "--clients",
      paramLabel = "N",
      required = true,
      description = "Participants, at least 3.")
  private int clients;

  @Option(
      names = "--entries",
      paramLabel = "D",
      required = true,
      description = "Entries of each participant's vector.")
  private int entries;

  @Option(
      names = "--neighbours",
      paramLabel = "K",
      description =
          "Others that each shares masks with; with --threshold (default: what a coordinator takes"
              + " for so many participants).")
  private @Nullable Integer neighbours;

  @Option(
      names = "--threshold",
      paramLabel = "T",
      description = "Neighbours whose shares open a secret; with --neighbours.")
  private @Nullable Integer threshold;

  @Option(
      names = "--dropout",
      paramLabel = "F",
      defaultValue = "0",
      description = "Part of the participants that fall silent, 0 to below 0.5 (default 0).")
  private double dropout;

  @Option(
      names = "--drop-step",
      paramLabel = "NAME",
      defaultValue = "masked-input",
      description =
          "The first step they say nothing in: advertise-keys, share-keys, masked-input,"
              + " consistency-check or unmasking (default masked-input).")
  private String dropStep = "masked-input";

  @Option(
      names = "--value-bits",
      paramLabel = "B",
      defaultValue = "12",
      description = "Bits of an entry (default 12).")
  private int valueBits;

  @Option(
      names = "--rounds",
      paramLabel = "R",
      defaultValue = "5",
      description = "Sessions to measure once warm (default 5).")
  private int rounds;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Of keys, entries and dropouts (default 1).")
  private long seed;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    SecAggCase bench = bench();
    requireInRange("--rounds", rounds, 1, 10_000);
    SecAggResult result;
    try {
      result = new SecAggBench(bench, seed, InputVectors.uniform(seed, valueBits)).run(rounds);
    } catch (SecAggBench.NoSumException e) {
      throw CommandFailedException.failed(
              e.getMessage() + " with " + bench.dropouts() + " silent participants",
              "give fewer, a lower --threshold, more --neighbours, or another --seed")
          .causedBy(e);
    }
    System.out.println(json ? result.json() : result.text());
    return (result.sumExact() ? ExitCode.DONE : ExitCode.FAILED).code();
  }

  private SecAggCase bench() {
    requireInRange("--clients", clients, SecAggParameters.MINIMUM_COHORT, MAXIMUM_CLIENTS);
    requireInRange("--entries", entries, 1, MAXIMUM_ENTRIES);
    requireInRange("--value-bits", valueBits, 1, SecAggCase.MAXIMUM_VALUE_BITS);
    Stage silentFrom =
        DropStep.named(dropStep)
            .orElseThrow(
                () ->
                    CommandFailedException.usage(
                        "there is no step '" + dropStep + "'", "give one of " + DropStep.labels()));
    // Written so that NaN is refused.
    if (!(dropout >= 0 && dropout < 0.5)) {
      throw CommandFailedException.usage("--dropout is " + dropout, "give 0 to below 0.5");
    }
    SecAggCase.Origin origin =
        neighbours == null ? SecAggCase.Origin.ASSUMPTIONS : SecAggCase.Origin.COMMAND_LINE;
    return new SecAggCase(parameters(), origin, entries, valueBits, dropout, silentFrom);
  }

  private SecAggParameters parameters() {
    if ((neighbours == null) != (threshold == null)) {
      throw CommandFailedException.usage(
          (neighbours == null ? "--neighbours" : "--threshold") + " is missing",
          "give both --neighbours and --threshold, or neither");
    }
    try {
      return neighbours == null || threshold == null
          ? SecAggCase.usualParameters(clients, dropout)
          : new SecAggParameters(clients, neighbours, threshold);
    } catch (InfeasibleSecAggException e) {
      throw CommandFailedException.usage(
              String.valueOf(e.getMessage()),
              "give a lower --dropout, more --clients, or --neighbours and --threshold")
          .causedBy(e);
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage(
              String.valueOf(e.getMessage()), "give other --neighbours or --threshold")
          .causedBy(e);
    }
  }

  private static void requireInRange(String option, int value, int minimum, int maximum) {
    if (value < minimum || value > maximum) {
      throw CommandFailedException.usage(
          option + " is " + value, "give " + minimum + " to " + maximum);
    }
  }
}
