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
        return tf.constant(self.generator.normal(0, spread, shape).astype(np.float32))

    def uniform(self, *shape, low, high):
        return tf.constant(self.generator.uniform(low, high, shape).astype(np.float32))

    def conv(self, inputs, outputs, size=3, strides=1, padding="SAME", dilations=1, groups=1):
        """A function from [b, h, w, inputs] to [b, h', w', outputs]."""
        kernel = self.normal(size, size, inputs // groups, outputs, spread=np.sqrt(2 * groups / (size * size * inputs)))
        bias = self.normal(outputs, spread=0.1)
        return lambda x: tf.nn.bias_add(tf.nn.conv2d(x, kernel, strides, padding, dilations=dilations), bias)

    def depthwise(self, channels, multiplier=1, size=3, strides=1, padding="SAME", dilations=1):
        kernel = self.normal(size, size, channels, multiplier, spread=np.sqrt(2) / size)
        bias = self.normal(channels * multiplier, spread=0.1)
        steps, rates = [1, strides, strides, 1], [dilations, dilations]
        return lambda x: tf.nn.bias_add(tf.nn.depthwise_conv2d(x, kernel, steps, padding, dilations=rates), bias)

    def dense(self, inputs, outputs):
        kernel = self.normal(inputs, outputs, spread=np.sqrt(1 / inputs))
        bias = self.normal(outputs, spread=0.1)
        return lambda x: tf.matmul(x, kernel) + bias


def flat(x):
    return tf.reshape(x, [-1, int(np.prod(x.shape[1:]))])


def inference(shape, function, batch=None, dtype=tf.float32):
    """The function as a model with one input [batch, *shape]."""
    return tf.function(function, input_signature=[tf.TensorSpec([batch, *shape], dtype, name="x")])
