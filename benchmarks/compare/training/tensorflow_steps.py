"""Times TensorFlow's training steps in this process, on one thread, and prints one JSON object.

A process of its own, since threads and oneDNN are chosen when TensorFlow is loaded.
"""

import argparse
import json
import time

import networks
import tensorflow as tf


def fastest_tenth_micros(nanos: list[int]) -> float:
    fastest = sorted(nanos)[: max(1, len(nanos) // 10)]
    return sum(fastest) / len(fastest) / 1e3


def measure(name: str, case: argparse.Namespace) -> dict:
    """The examples are tensors already: handing them over is not part of a step here."""
    architecture = networks.ARCHITECTURES[name]
    network = networks.Network(architecture, case.seed)
    x, labels = networks.examples(architecture, case.batch, case.seed)
    inputs = tf.constant(x), tf.one_hot(labels, networks.CLASSES)
    step = networks.training_step(network, case.rate)
    first_loss = float(step(*inputs))
    for _ in range(case.warm_up - 1):
        step(*inputs)
    elapsed, cpu = [], []
    for _ in range(case.steps):
        # TensorFlow computes on threads of its own, so that the process is what counts.
        cpu_begin, begin = time.process_time_ns(), time.perf_counter_ns()
        loss = step(*inputs)
        elapsed.append(time.perf_counter_ns() - begin)
        cpu.append(time.process_time_ns() - cpu_begin)
    return {
        "elapsedMicros": fastest_tenth_micros(elapsed),
        "cpuMicros": fastest_tenth_micros(cpu),
        "firstLoss": first_loss,
        "lastLoss": float(loss),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--warm-up", type=int, required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    case = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    print(json.dumps({name: measure(name, case) for name in case.networks}))


if __name__ == "__main__":
    main()
