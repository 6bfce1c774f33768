"""The networks of the comparison, in plain TensorFlow: seeded weights, examples, a step, an export."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

CLASSES = 10


@dataclass(frozen=True)
class Convolution:
    """With stride 1, a bias, ReLU and a max pool of 2x2 behind it."""

    size: int
    channels: int
    padding: str = "SAME"


@dataclass(frozen=True)
class Dense:
    """With a bias, and ReLU unless it is the last."""

    units: int


@dataclass(frozen=True)
class Architecture:
    """A classifier of square images."""

    image: tuple[int, int, int]
    convolutions: tuple[Convolution, ...]
    dense: tuple[Dense, ...]


ARCHITECTURES = {
    "mlp": Architecture((28, 28, 1), (), (Dense(64), Dense(CLASSES))),
    "cnn": Architecture((28, 28, 1), (Convolution(3, 8), Convolution(3, 16)), (Dense(CLASSES),)),
    "lenet": Architecture(
        (28, 28, 1),
        (Convolution(5, 6), Convolution(5, 16, "VALID")),
        (Dense(120), Dense(84), Dense(CLASSES)),
    ),
}


class Network(tf.Module):
    """One architecture with weights of its own."""

    def __init__(self, architecture: Architecture, seed: int):
        super().__init__()
        self.architecture = architecture
        self.filters: list[tuple[tf.Variable, tf.Variable]] = []
        self.matrices: list[tuple[tf.Variable, tf.Variable]] = []
        random = np.random.default_rng(seed)
        side, _, depth = architecture.image
        for layer in architecture.convolutions:
            shape = (layer.size, layer.size, depth, layer.channels)
            self.filters.append(variables(random, shape))
            side = (side if layer.padding == "SAME" else side - layer.size + 1) // 2
            depth = layer.channels
        inputs = side * side * depth
        for layer in architecture.dense:
            self.matrices.append(variables(random, (inputs, layer.units)))
            inputs = layer.units

    def logits(self, x: tf.Tensor) -> tf.Tensor:
        for layer, (weights, bias) in zip(self.architecture.convolutions, self.filters):
            x = tf.nn.bias_add(tf.nn.conv2d(x, weights, 1, layer.padding), bias)
            x = tf.nn.max_pool2d(tf.nn.relu(x), 2, 2, "VALID")
        weights, bias = self.matrices[0]
        x = tf.reshape(x, [-1, weights.shape[0]])
        for weights, bias in self.matrices[:-1]:
            x = tf.nn.relu(tf.nn.bias_add(tf.matmul(x, weights), bias))
        weights, bias = self.matrices[-1]
        return tf.nn.bias_add(tf.matmul(x, weights), bias)


def variables(random: np.random.Generator, shape: tuple[int, ...]) -> tuple[tf.Variable, tf.Variable]:
    """Weights scaled by the number of inputs of a unit, and biases that are no two alike."""
    scale = np.sqrt(2 / np.prod(shape[:-1]))
    weights = random.standard_normal(shape) * scale
    bias = random.standard_normal(shape[-1]) * 0.01
    return tf.Variable(weights.astype(np.float32)), tf.Variable(bias.astype(np.float32))


def examples(architecture: Architecture, batch: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Images of strokes' kind: most pixels are exactly 0, so that max pools have ties. Random classes."""
    random = np.random.default_rng([seed, 1])
    shape = (batch, *architecture.image)
    lit = random.random(shape) < 0.3
    x = np.where(lit, random.random(shape), 0).astype(np.float32)
    return x, random.integers(0, CLASSES, batch).astype(np.int32)


def training_step(network: Network, rate: float) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """A compiled step of gradient descent that gives the loss before it."""

    @tf.function
    def step(x: tf.Tensor, one_hot: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            losses = tf.nn.softmax_cross_entropy_with_logits(one_hot, network.logits(x))
            loss = tf.reduce_mean(losses)
        trained = network.trainable_variables
        for variable, gradient in zip(trained, tape.gradient(loss, trained)):
            variable.assign_sub(rate * gradient)
        return loss

    return step


def plain_model(network: Network) -> bytes:
    """The inference model as the stock converter writes it."""
    specification = tf.TensorSpec([None, *network.architecture.image], tf.float32)
    infer = tf.function(network.logits).get_concrete_function(specification)
    return tf.lite.TFLiteConverter.from_concrete_functions([infer], network).convert()
