package io.covey.simulator.scenario;

import io.covey.coordinator.round.ServerOptimization;
import io.covey.protocols.settings.Setting;
import java.util.Optional;

/** The server optimizer; constants that are left out are {@link ServerOptimization#of}'s. */
public record OptimizerSettings(
    @Setting(help = "Which one.", preset = "fed-avg") ServerOptimization.Algorithm algorithm,
    @Setting(help = "Of the server, eta.", min = "1e-9", max = "1000")
        Optional<Double> learningRate,
    @Setting(help = "Beta of FedAvgM, beta 1 of FedAdam and FedYogi.", min = "0", max = "0.999999")
        Optional<Double> momentum,
    @Setting(help = "Beta 2 of FedAdam and FedYogi.", min = "0", max = "0.999999")
        Optional<Double> secondMoment,
    @Setting(help = "Tau of FedAdam and FedYogi.", min = "1e-9", max = "1000")
        Optional<Double> adaptivity) {

  ServerOptimization optimization() {
    ServerOptimization usual = ServerOptimization.of(algorithm);
    return new ServerOptimization(
        algorithm,
        learningRate.map(Double::floatValue).orElse(usual.learningRate()),
        momentum.map(Double::floatValue).orElse(usual.momentum()),
        secondMoment.map(Double::floatValue).orElse(usual.secondMoment()),
        adaptivity.map(Double::floatValue).orElse(usual.adaptivity()));
  }
}
