"""Fixtures for elementwise operators, reductions and products; a branch of its own for each way to use them."""

import numpy as np
import tensorflow as tf

from fixture import Fixture
from fixture_layers import Constants, branches, inference

FEATURES = 5
UNITS = 6
ROWS = 3


def _dense_stem(constants):
    return constants.dense(FEATURES, UNITS)


def _rows_stem(constants):
    """[b, features] -> [b, rows, units]."""
    dense = constants.dense(FEATURES, ROWS * UNITS)
    return lambda x: tf.reshape(dense(x), [-1, ROWS, UNITS])


def _vector(*operations, batch=None):
    return branches((FEATURES,), _dense_stem, operations, batch)


def _matrix(*operations, batch=None):
    return branches((FEATURES,), _rows_stem, operations, batch)


def _same(function):
    return lambda constants, x: function(x)


def _positive(function):
    """Of values from 0.5 on, for functions that are steep or not defined at zero."""
    return lambda constants, x: function(tf.abs(x) + 0.5)


def _prelu(constants, x):
    """In the words of Keras, which the converter knows."""
    slopes = constants.uniform(UNITS, low=0.1, high=0.4)
    return tf.nn.relu(x) + (-slopes) * tf.nn.relu(-x)


def _clipped(x):
    return tf.minimum(tf.maximum(x, -1.0), 1.0)


def _left(x):
    return x[..., : UNITS // 2]


def _right(x):
    return x[..., UNITS // 2 :]


FUNCTIONS = [
    Fixture(
        "op-exponentials", "EXP, LOG, SQRT, RSQRT, POW with constant exponents and bases, and of two values",
        _vector(
            _same(tf.exp), _positive(tf.math.log), _positive(tf.sqrt), _positive(tf.math.rsqrt), _positive(lambda x: tf.pow(x, 2.5)),
            _positive(lambda x: tf.pow(x, -1.0)), _same(lambda x: tf.pow(x, 3.0)), _same(lambda x: tf.pow(1.7, x)),
            _same(lambda x: tf.pow(tf.abs(_left(x)) + 0.5, _right(x))),
        ), "mse", centred=True,
    ),
    Fixture(
        "op-arithmetic", "ABS, DIV, SUB, NEG, SQUARE, SQUARED_DIFFERENCE, with values and constants on either side",
        _vector(
            _same(tf.abs), _positive(lambda x: 1.5 / x), lambda c, x: x / c.uniform(UNITS, low=0.5, high=2), _same(tf.negative),
            _same(lambda x: tf.tanh(x) / (tf.square(x) + 1.0)), lambda c, x: c.normal(UNITS) - x, _same(tf.square),
            lambda c, x: tf.math.squared_difference(x, c.normal(UNITS)), _same(lambda x: tf.math.squared_difference(_left(x), _right(x))),
        ), "mse", centred=True,
    ),
    Fixture(
        "op-activations", "RELU, RELU6, RELU_N1_TO_1, LEAKY_RELU, PRELU, ELU, TANH, LOGISTIC, HARD_SWISH, GELU exact and approximate",
        _vector(
            _same(lambda x: tf.nn.relu(tf.tanh(x))), _same(lambda x: tf.nn.relu6(tf.square(2.0 * x))),
            _same(lambda x: _clipped(tf.nn.elu(2.0 * x))), _same(lambda x: _clipped(3.0 * x)),
            _same(lambda x: tf.nn.leaky_relu(x, 0.15)), _prelu, _same(tf.nn.elu), _same(tf.tanh), _same(tf.sigmoid),
            _same(lambda x: 2.0 * x * tf.nn.relu6(2.0 * x + 3.0) * (1.0 / 6.0)), _same(lambda x: tf.nn.gelu(x, approximate=False)),
            _same(lambda x: tf.nn.gelu(x, approximate=True)),
        ), "mse", centred=True,
    ),
    Fixture(
        "op-softmax", "SOFTMAX and LOG_SOFTMAX in the middle, and along rows",
        _matrix(_same(tf.nn.softmax), _same(tf.nn.log_softmax), _same(lambda x: tf.nn.softmax(x, axis=1))), "mse", centred=True,
    ),
    Fixture(
        "op-further", "SIN, COS, REVERSE_V2", _vector(_same(tf.sin), _same(tf.cos), _same(lambda x: tf.reverse(x, [1]))), "mse", centred=True
    ),
    Fixture("op-l2-normalization", "rows of length one", _vector(_same(lambda x: tf.math.l2_normalize(x, axis=-1))), "mse", centred=True),
    Fixture(
        "op-maximum", "MAXIMUM and MINIMUM, of values, constants and broadcast rows",
        _matrix(
            lambda c, x: tf.maximum(x, c.normal(UNITS)), _same(lambda x: tf.minimum(x, 0.2)), _same(lambda x: tf.maximum(_left(x), _right(x))),
            _same(lambda x: tf.minimum(x, x[:, :1])),
        ), "mse", centred=True,
    ),
    Fixture(
        "op-select", "SELECT_V2 by what is computed and by constants",
        _matrix(
            _same(lambda x: tf.where(x > 0.1, tf.square(x), 0.3 * x)), lambda c, x: tf.where(c.normal(UNITS) > 0, x, tf.tanh(x)),
            _same(lambda x: tf.where(_left(x) < _right(x), _left(x), -0.5)), _same(lambda x: tf.where(x[:, :, :1] > 0, x, tf.exp(x))),
        ), "mse", centred=True,
    ),
]


REDUCTIONS = [
    Fixture(
        "op-reductions", "SUM, MEAN, REDUCE_MAX, REDUCE_MIN over one axis, several, and with the axis kept",
        _matrix(
            _same(lambda x: tf.reduce_sum(x, 1)), _same(lambda x: tf.reduce_sum(x, [1, 2], keepdims=True)), _same(lambda x: tf.reduce_mean(x, -1)),
            _same(lambda x: tf.reduce_mean(x, 1, keepdims=True)), _same(lambda x: tf.reduce_max(x, 1)),
            _same(lambda x: tf.reduce_max(x, [1, 2])[:, None]),
            _same(lambda x: tf.reduce_min(x, 2, keepdims=True)),
        ), "mse", centred=True,
    ),
    Fixture(
        "op-batch-normalization-by-hand", "mean and variance over the batch, as some models keep them: the rows depend on each other",
        _matrix(_same(lambda x: (x - tf.reduce_mean(x, 0)) * tf.math.rsqrt(tf.math.reduce_variance(x, 0) + 0.1))), "mse", batch=6,
        centred=True, rows_depend=True,
    ),
    Fixture(
        "op-broadcast", "ADD, SUB, MUL, DIV of shapes that differ, in both directions, with fused activations",
        _matrix(
            _same(lambda x: x[:, :1] + x[:, :, :1]), _same(lambda x: x - tf.reduce_mean(x, 1, keepdims=True)),
            lambda c, x: x * c.normal(ROWS, 1, spread=1.0), lambda c, x: c.normal(UNITS, spread=1.0) * x + c.normal(1, ROWS, 1),
            _same(lambda x: x[:, :, 2:3] / (tf.square(x) + 1.0)), _same(lambda x: tf.nn.relu(x + x[:, 1:2])),
            _same(lambda x: tf.nn.relu6(x * x[:, :, :1] * 4.0)), _same(lambda x: x * x),
        ), "mse", centred=True,
    ),
]

PRODUCTS = [
    Fixture(
        "op-batch-matmul", "BATCH_MATMUL of values, each way round, and with a constant",
        _matrix(
            _same(lambda x: tf.matmul(_left(x), _right(x))), _same(lambda x: tf.matmul(x, tf.tanh(x), transpose_b=True)),
            _same(lambda x: tf.matmul(x, tf.sigmoid(x), transpose_a=True)),
            _same(lambda x: tf.matmul(_left(x), _right(x), transpose_a=True, transpose_b=True)),
            lambda c, x: tf.matmul(c.normal(4, ROWS), x),
        ), "mse", centred=True,
    ),
    Fixture(
        "op-dense-on-rows", "a dense layer on [b, rows, units], with and without relu",
        _matrix(
            lambda c, x: tf.tensordot(x, c.normal(UNITS, 4), 1) + c.normal(4),
            lambda c, x: tf.nn.relu(tf.matmul(x, c.normal(UNITS, 4)) + c.normal(4)),
        ), "mse", centred=True,
    ),
]


def _zero_bias(generator):
    constants = Constants(generator)
    first, second = constants.normal(FEATURES, UNITS), constants.normal(UNITS, 3)
    zeros = [np.zeros(UNITS, np.float32), np.zeros(3, np.float32)]
    return inference((FEATURES,), lambda x: tf.matmul(tf.nn.relu(tf.matmul(x, first) + zeros[0]), second) + zeros[1])


def _equal_zero_biases(generator):
    constants = Constants(generator)
    kernels = [constants.normal(3, 3, 2, 2) for _ in range(3)]
    zeros = np.zeros(2, np.float32)
    dense = constants.dense(2, 3)

    def function(x):
        for kernel in kernels:
            x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "SAME"), zeros))
        return dense(tf.reduce_mean(x, [1, 2]))

    return inference((6, 6, 2), function)


def _shared_weights(generator):
    constants = Constants(generator)
    first, again, last = constants.dense(FEATURES, UNITS), constants.dense(UNITS, UNITS), constants.dense(UNITS, 3)
    return inference((FEATURES,), lambda x: last(tf.tanh(again(tf.tanh(again(tf.tanh(first(x))))))))


def _fan_out(generator):
    constants = Constants(generator)
    first, second, last = constants.dense(FEATURES, UNITS), constants.dense(UNITS, UNITS), constants.dense(UNITS, 3)

    def function(x):
        x = tf.tanh(first(x))
        y = tf.sigmoid(second(x))
        return last(x + y * x + y + tf.square(x))

    return inference((FEATURES,), function)


def _one_example(generator):
    constants = Constants(generator)
    conv, dense = constants.conv(1, 3, strides=2), constants.dense(3, 4)
    return inference((6, 6, 1), lambda x: dense(tf.reduce_mean(tf.nn.relu(conv(x)), [1, 2])), batch=1)


def _fused(generator):
    constants = Constants(generator)
    convs = [constants.conv(2, 3), constants.conv(3, 3), constants.conv(3, 3), constants.depthwise(3)]
    dense, last = constants.dense(3, 5), constants.dense(5, 3)

    def function(x):
        x = tf.nn.relu(convs[0](x))
        x = tf.nn.relu6(8.0 * convs[1](x))
        x = tf.minimum(tf.maximum(convs[2](x), -1.0), 1.0)
        x = tf.nn.relu6(convs[3](x))
        return last(tf.tanh(dense(tf.reduce_mean(x, [1, 2]))))

    return inference((6, 6, 2), function)


STRUCTURES = [
    Fixture("op-zero-bias", "biases of zeros, which the converter drops", _zero_bias, "ce", centred=True, with_dropped_biases=True),
    Fixture("op-equal-zero-biases", "three convolutions whose biases are zeros and became one tensor", _equal_zero_biases, "ce"),
    Fixture("op-shared-weights", "the same layer twice: one variable, the sum of two gradients", _shared_weights, "ce", centred=True),
    Fixture("op-fan-out", "values with several readers", _fan_out, "ce", centred=True),
    Fixture("op-batch-of-one", "the batch is fixed, and one", _one_example, "ce", batch=1),
    Fixture("op-fused-activations", "activations inside convolutions and dense layers", _fused, "ce", centred=True),
]

FIXTURES = [*FUNCTIONS, *REDUCTIONS, *PRODUCTS, *STRUCTURES]
