package io.covey.simulator.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * How examples are divided among agents. Every example goes to exactly one agent, and every agent
 * gets at least {@value #MINIMUM_EXAMPLES}; the same seed gives the same division.
 */
public sealed interface DataSplit {
  /** The least that an agent holds. */
  int MINIMUM_EXAMPLES = 4;

  /**
   * Divides {@code digits} into {@code agents} shards.
   *
   * @throws IllegalArgumentException when there are too few digits for that many agents
   */
  default List<List<Digit>> shards(List<Digit> digits, int agents, long seed) {
    if (agents < 1 || agents > digits.size() / MINIMUM_EXAMPLES) {
      throw new IllegalArgumentException(
          String.format(
              "%d agents, expected 1 to %d: there are %d examples, and each agent gets at least %d",
              agents, digits.size() / MINIMUM_EXAMPLES, digits.size(), MINIMUM_EXAMPLES));
    }
    Random random = new Random(seed);
    List<List<Digit>> shards = new ArrayList<>();
    for (int agent = 0; agent < agents; agent++) {
      shards.add(new ArrayList<>());
    }
    deal(digits, shards, random);
    fillUp(shards);
    shards.forEach(shard -> Collections.shuffle(shard, random));
    return shards.stream().map(List::copyOf).toList();
  }

  /** Puts each of {@code digits} into one of the {@code shards}, which are empty. */
  void deal(List<Digit> digits, List<List<Digit>> shards, Random random);

  /** All agents draw from the same distribution, and their shards are of equal size. */
  record Uniform() implements DataSplit {
    @Override
    public void deal(List<Digit> digits, List<List<Digit>> shards, Random random) {
      List<Digit> shuffled = new ArrayList<>(digits);
      Collections.shuffle(shuffled, random);
      for (int i = 0; i < shuffled.size(); i++) {
        shards.get(i % shards.size()).add(shuffled.get(i));
      }
    }
  }

  /**
   * Agents see different labels, and differently many examples: each label's examples are divided
   * in proportions drawn from a symmetric Dirichlet distribution.
   *
   * <p>Synthetic label skew by a Dirichlet distribution is from Hsu, Qi and Brown, Measuring the
   * Effects of Non-Identical Data Distribution for Federated Visual Classification, 2019; drawing
   * over agents for each label, which also makes shards unequal in size, from Yurochkin et al.,
   * Bayesian Nonparametric Federated Learning of Neural Networks, ICML 2019, section 4.
   *
   * @param alpha concentration, above 0: near 0 an agent sees few labels, at 100 all alike
   */
  record Dirichlet(double alpha) implements DataSplit {
    public Dirichlet {
      if (!(alpha >= 1e-3 && alpha <= 1e6)) {
        throw new IllegalArgumentException("alpha is " + alpha + ", expected 0.001 to 1000000");
      }
    }

    @Override
    public void deal(List<Digit> digits, List<List<Digit>> shards, Random random) {
      DirichletSampler sampler = new DirichletSampler(alpha, shards.size());
      for (List<Digit> ofLabel : Labels.group(digits)) {
        Collections.shuffle(ofLabel, random);
        double[] proportions = sampler.next(random);
        double cumulative = 0;
        int begin = 0;
        for (int agent = 0; agent < shards.size(); agent++) {
          cumulative += proportions[agent];
          boolean last = agent == shards.size() - 1;
          // Rounding the cumulative sum hands out every example exactly once.
          int end = last ? ofLabel.size() : (int) Math.round(cumulative * ofLabel.size());
          shards.get(agent).addAll(ofLabel.subList(begin, end));
          begin = end;
        }
      }
    }
  }

  /** Moves single examples from the largest shards to those below the minimum. */
  private static void fillUp(List<List<Digit>> shards) {
    for (List<Digit> shard : shards) {
      while (shard.size() < MINIMUM_EXAMPLES) {
        List<Digit> largest = Collections.max(shards, Comparator.comparingInt(List::size));
        shard.add(largest.remove(largest.size() - 1));
      }
    }
  }
}
