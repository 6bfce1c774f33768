"""Training steps of Covey and of TensorFlow's tf.function, one thread each, in turns.

For each model: Covey derives the trainable graph from the plain .tflite that the converter writes; TensorFlow trains the
Keras model it was converted from. Same batch, softmax cross entropy, plain gradient descent. The figure of each side is the
fastest tenth of its steps in its best turn, after a warm-up.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np
import tensorflow as tf

from models import MODELS

LEARNING_RATE = 0.01
REPOSITORY = pathlib.Path(__file__).resolve().parents[3]


def tensorflow_step(model, batch):
    """A function that takes one step, compiled."""
    rng = np.random.default_rng(1)
    x = tf.constant(rng.random((batch, *model.input_shape[1:]), np.float32))
    y = tf.constant(np.eye(10, dtype=np.float32)[rng.integers(0, 10, batch)])

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, model(x, training=True)))
        variables = model.trainable_variables
        for variable, gradient in zip(variables, tape.gradient(loss, variables)):
            variable.assign_sub(LEARNING_RATE * gradient)
        return loss

    return lambda: step(x, y)


def fastest_tenth(step, steps):
    """Microseconds."""
    for _ in range(steps // 5):
        step()
    times = []
    for _ in range(steps):
        begin = time.perf_counter()
        step()
        times.append(time.perf_counter() - begin)
    return sorted(times)[steps // 10] * 1e6


def covey(path, batch, steps):
    """Microseconds, and the two files' sizes."""
    command = [REPOSITORY / "covey", "bench", "training", "--model", path, "--batch", str(batch), "--steps", str(steps), "--json"]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return json.loads(printed.strip().splitlines()[-1])


def compare(name, arguments, folder):
    """One model's row."""
    make, goal = MODELS[name]
    tf.keras.utils.set_random_seed(1)
    model = make()
    path = pathlib.Path(folder) / f"{name}.tflite"
    path.write_bytes(tf.lite.TFLiteConverter.from_keras_model(model).convert())
    step = tensorflow_step(model, arguments.batch)
    ours, theirs = [], []
    for _ in range(arguments.rounds):
        ours.append(covey(path, arguments.batch, arguments.steps)["fastestTenthMicros"])
        theirs.append(fastest_tenth(step, arguments.steps))
    return {
        "model": name,
        "coveyMicros": round(min(ours), 1),
        "tensorflowMicros": round(min(theirs), 1),
        "ratio": round(min(ours) / min(theirs), 3),
        "goal": goal,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="turns of each side (default 3)")
    parser.add_argument("--steps", type=int, default=1000, help="steps in a turn (default 1000)")
    parser.add_argument("--batch", type=int, default=20, help="examples in a step (default 20)")
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end")
    arguments = parser.parse_args()
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name in MODELS:
            rows.append(compare(name, arguments, folder))
            row = rows[-1]
            print(
                f"{name:10s} covey {row['coveyMicros']:8.1f} us   tf.function {row['tensorflowMicros']:8.1f} us"
                f"   ratio {row['ratio']:.2f} (at most {row['goal']})",
                file=sys.stderr if arguments.json else sys.stdout,
                flush=True,
            )
    if arguments.json:
        onednn = os.environ.get("TF_ENABLE_ONEDNN_OPTS", "default")
        print(json.dumps({"tensorflow": tf.__version__, "oneDnn": onednn, "batch": arguments.batch, "models": rows}))


if __name__ == "__main__":
    main()
