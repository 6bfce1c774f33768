"""Exports the trainable digits model and checks it against TensorFlow.

    python export_digits.py --out digits.tflite --data digits.csv --reference digits-reference.json

Writes the model and, beside it, its SHA-256 (`<out>.sha256`, in sha256sum's format). With --data (the UCI digits: p0..p63 in 0..16 and a
label column) it trains the exported file alone for a few epochs and fails unless it reaches 95 % on the held-out fifth; with --reference
it also records TensorFlow's own losses, from automatic differentiation, for 20 steps on the first 32 digits.

    python export_digits.py --plain plain-digits.tflite --data digits.csv

Writes a small Keras CNN for the same digits as the stock converter exports it: inference only, and untrained. With --data it fails unless
the same network, trained by Keras, reaches the same accuracy.
"""

import argparse
import csv
import hashlib
import json
import pathlib
import sys

import numpy as np
import tensorflow as tf

from convert import convert, convert_keras
from digits_model import CLASSES, PIXELS, SEED, SIDE, DigitsModel, initial_weights, plain_digits_model

HIDDEN = 32
REQUIRED_ACCURACY = 0.95
BATCH = 20
EPOCHS = 20
REFERENCE_BATCH = 32
REFERENCE_STEPS = 20
REFERENCE_LEARNING_RATE = 0.5


def read_digits(path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    pixels = np.array([[float(row[f"p{i}"]) / 16.0 for i in range(PIXELS)] for row in rows], np.float32)
    labels = np.array([int(row["label"]) for row in rows])
    return pixels, np.eye(CLASSES, dtype=np.float32)[labels]


def held_out_accuracy(model_bytes, x, y):
    """Trains the .tflite file on four fifths, through the TFLite interpreter, and measures it on the rest."""
    interpreter = tf.lite.Interpreter(model_content=model_bytes)
    train = interpreter.get_signature_runner("train")
    evaluate = interpreter.get_signature_runner("evaluate")
    order = np.random.default_rng(SEED).permutation(len(x))
    held_out, rest = order[: len(x) // 5], order[len(x) // 5 :]
    for epoch in range(EPOCHS):
        shuffled = np.random.default_rng(SEED + epoch).permutation(rest)
        for start in range(0, len(shuffled) - BATCH + 1, BATCH):
            batch = shuffled[start : start + BATCH]
            train(x=x[batch], y=y[batch], learning_rate=np.float32(0.1))
    result = evaluate(x=x[held_out], y=y[held_out])
    if int(result["count"]) != len(held_out):
        sys.exit(f"evaluate counted {result['count']} of {len(held_out)} examples")
    return float(result["correct"] / result["count"])


def keras_accuracy(model, x, y):
    """Trains the Keras model on four fifths and measures it on the rest."""
    images = x.reshape(-1, SIDE, SIDE, 1)
    order = np.random.default_rng(SEED).permutation(len(x))
    held_out, rest = order[: len(x) // 5], order[len(x) // 5 :]
    loss = tf.keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile(tf.keras.optimizers.SGD(0.1), loss, metrics=["accuracy"])
    model.fit(images[rest], y[rest], batch_size=BATCH, epochs=EPOCHS, verbose=0)
    return float(model.evaluate(images[held_out], y[held_out], verbose=0)[1])


def require(accuracy):
    print(f"held-out accuracy after {EPOCHS} epochs: {accuracy:.4f}")
    if accuracy < REQUIRED_ACCURACY:
        sys.exit(f"below {REQUIRED_ACCURACY}: the model is not written")


def write_with_digest(model_bytes, path):
    digest = hashlib.sha256(model_bytes).hexdigest()
    path.write_bytes(model_bytes)
    path.with_name(path.name + ".sha256").write_text(f"{digest}  {path.name}\n", encoding="utf-8")
    print(f"{digest}  {path} ({len(model_bytes)} bytes)")


def reference_losses(x, y):
    """TensorFlow's losses for plain gradient descent on one batch, with gradients from tf.GradientTape."""
    weights = [tf.Variable(value) for value in initial_weights(HIDDEN, SEED)]
    losses = []
    for _ in range(REFERENCE_STEPS):
        with tf.GradientTape() as tape:
            hidden = tf.nn.relu(x @ weights[0] + weights[1])
            logits = hidden @ weights[2] + weights[3]
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=logits))
        losses.append(float(loss))
        for weight, gradient in zip(weights, tape.gradient(loss, weights)):
            weight.assign_sub(REFERENCE_LEARNING_RATE * gradient)
    return losses


def export_trainable(out, digits, reference_path):
    module = DigitsModel(initial_weights(HIDDEN, SEED))
    model_bytes = convert(module, module.signatures())
    if digits:
        require(held_out_accuracy(model_bytes, *digits))
    if reference_path:
        x, y = digits
        reference = {
            "made_with": f"tensorflow {tf.__version__}",
            "batch": REFERENCE_BATCH,
            "learning_rate": REFERENCE_LEARNING_RATE,
            "losses": reference_losses(x[:REFERENCE_BATCH], y[:REFERENCE_BATCH]),
        }
        reference_path.write_text(json.dumps(reference, indent=1) + "\n", encoding="utf-8")
    write_with_digest(model_bytes, out)


def export_plain(out, digits):
    model = plain_digits_model()
    model_bytes = convert_keras(model)
    if digits:
        require(keras_accuracy(model, *digits))
    write_with_digest(model_bytes, out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, help="where the trainable model goes")
    parser.add_argument("--plain", type=pathlib.Path, help="where the plain model goes")
    parser.add_argument("--data", type=pathlib.Path, help="the digits as CSV, to check that the models learn")
    parser.add_argument("--reference", type=pathlib.Path, help="where TensorFlow's losses go (needs --out and --data)")
    arguments = parser.parse_args()
    if not (arguments.out or arguments.plain):
        parser.error("nothing to write: give --out, --plain or both")
    if arguments.reference and not (arguments.out and arguments.data):
        parser.error("--reference needs --out and --data")
    digits = read_digits(arguments.data) if arguments.data else None
    if arguments.out:
        export_trainable(arguments.out, digits, arguments.reference)
    if arguments.plain:
        export_plain(arguments.plain, digits)


if __name__ == "__main__":
    main()
