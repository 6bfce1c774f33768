"""What the fixtures' models are put together from."""

import numpy as np
import tensorflow as tf


def randomized(model, generator):
    """The Keras model with all of its weights, biases and statistics drawn from the generator; none is zero or one by chance of its start."""
    for variable in model.weights:
        variable.assign(_value(variable.path.rsplit("/", 1)[-1], tuple(variable.shape), generator).astype(np.float32))
    return model


def _value(name, shape, generator):
    if name in ("gamma", "moving_variance"):
        return generator.uniform(0.5, 1.5, shape)
    if len(shape) == 1:
        return generator.normal(0, 0.1, shape)
    return generator.normal(0, _spread(name, shape), shape)


def _spread(name, shape):
    """He's, for kernels: the square root of 2 over the number of inputs of one output."""
    if name == "embeddings":
        return 0.5
    inputs = np.prod(shape[:2]) if "depthwise" in name else np.prod(shape[:-1])
    return np.sqrt(2.0 / inputs)


class Constants:
    """Seeded layers as functions, with constants where a Keras layer has variables. Kernels are in TensorFlow's layouts."""

    def __init__(self, generator):
        self.generator = generator

    def normal(self, *shape, spread=0.3):
        return self.generator.normal(0, spread, shape).astype(np.float32)

    def uniform(self, *shape, low, high):
        return self.generator.uniform(low, high, shape).astype(np.float32)

    def conv(self, inputs, outputs, size=3, strides=1, padding="SAME", dilations=1, groups=1):
        """A function from [b, h, w, inputs] to [b, h', w', outputs]."""
        kernel = self.normal(size, size, inputs // groups, outputs, spread=np.sqrt(2 * groups / (size * size * inputs)))
        bias = self.normal(outputs, spread=0.1)
        return lambda x: tf.nn.bias_add(tf.nn.conv2d(x, kernel, strides, padding, dilations=dilations), bias)

    def depthwise(self, channels, multiplier=1, size=3, strides=1, padding="SAME", dilations=1):
        """A function from [b, h, w, channels] to [b, h', w', channels * multiplier]."""
        kernel = self.normal(size, size, channels, multiplier, spread=np.sqrt(2) / size)
        bias = self.normal(channels * multiplier, spread=0.1)
        steps, rates = [1, strides, strides, 1], [dilations, dilations]
        return lambda x: tf.nn.bias_add(tf.nn.depthwise_conv2d(x, kernel, steps, padding, dilations=rates), bias)

    def conv_transpose(self, inputs, outputs, output_shape, size=3, strides=2, padding="SAME"):
        """A function from [b, h, w, inputs] to output_shape, [b, h', w', outputs]."""
        kernel = self.normal(size, size, outputs, inputs, spread=np.sqrt(2 / (size * size * inputs)))
        bias = self.normal(outputs, spread=0.1)
        return lambda x: tf.nn.bias_add(tf.nn.conv2d_transpose(x, kernel, output_shape, strides, padding), bias)

    def dense(self, inputs, outputs):
        """A function from [b, inputs] to [b, outputs]."""
        kernel = self.normal(inputs, outputs, spread=np.sqrt(1 / inputs))
        bias = self.normal(outputs, spread=0.1)
        return lambda x: tf.matmul(x, kernel) + bias


def flat(x):
    return tf.reshape(x, [-1, int(np.prod(x.shape[1:]))])


def inference(shape, function, batch=None, dtype=tf.float32):
    """The function as a model with one input [batch, *shape]."""
    return tf.function(function, input_signature=[tf.TensorSpec([batch, *shape], dtype, name="x")])


OUTPUTS = 4


def branches(shape, stem, operations, batch=None):
    """How to build a model in which each operation has a branch of its own: a stem, the operation, a dense layer; the branches are added up.

    Each branch has its own weights, so that a wrong gradient shows which operation it comes from. `stem` is given the Constants and returns
    a function, an operation is given the Constants and the stem's output and returns one tensor.
    """

    def build(generator):
        constants = Constants(generator)
        stems = [stem(constants) for _ in operations]
        # A first call in a throw-away graph finds the shapes and draws the constants; both are then the same whenever the model is traced.
        seed = int(generator.integers(1 << 31))
        heads = _heads(constants, shape, stems, operations, batch, seed)

        def function(x):
            seeded = Constants(np.random.default_rng(seed))
            results = [operation(seeded, start(x)) for start, operation in zip(stems, operations)]
            return sum(tf.matmul(flat(result), head) for result, head in zip(results, heads))

        return inference(shape, function, batch)

    return build


def _heads(constants, shape, stems, operations, batch, seed):
    with tf.Graph().as_default():
        x = tf.compat.v1.placeholder(tf.float32, [batch, *shape])
        seeded = Constants(np.random.default_rng(seed))
        sizes = [int(np.prod(op(seeded, start(x)).shape[1:])) for start, op in zip(stems, operations)]
    return [constants.normal(size, OUTPUTS, spread=np.sqrt(1 / (size * len(sizes)))) for size in sizes]
