package io.covey.coordinator.config;

import io.covey.coordinator.round.ServerOptimization;
import io.covey.protocols.settings.Setting;
import java.util.Optional;

/** The section {@code training.server-optimizer}; what is left out is the algorithm's own. */
public record ServerOptimizerSection(
    @Setting(help = "fed-avg, fed-avg-m, fed-adam or fed-yogi.", preset = "fed-avg")
        ServerOptimization.Algorithm algorithm,
    @Setting(help = "The server's step.", min = "1e-9", max = "1000") Optional<Double> learningRate,
    @Setting(help = "Of fed-avg-m; beta 1 of the adaptive ones.", min = "0", max = "0.9999")
        Optional<Double> momentum,
    @Setting(help = "Beta 2 of the adaptive ones.", min = "0", max = "0.9999")
        Optional<Double> secondMoment,
    @Setting(help = "Tau of the adaptive ones.", min = "1e-9", max = "1000")
        Optional<Double> adaptivity) {

  ServerOptimization optimization() {
    ServerOptimization own = ServerOptimization.of(algorithm);
    return new ServerOptimization(
        algorithm,
        learningRate.map(Double::floatValue).orElse(own.learningRate()),
        momentum.map(Double::floatValue).orElse(own.momentum()),
        secondMoment.map(Double::floatValue).orElse(own.secondMoment()),
        adaptivity.map(Double::floatValue).orElse(own.adaptivity()));
  }
}
