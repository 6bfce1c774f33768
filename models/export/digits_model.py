"""The digits models: a trainable perceptron whose backward pass is written out by hand, and a plain Keras CNN.

TensorFlow's own gradients become Flex operators in a .tflite file (FlexReluGrad and others), which need a delegate of hundreds of
megabytes. Here the forward and the backward pass use only operations that convert to builtin operators.
"""

import numpy as np
import tensorflow as tf

SIDE = 8
PIXELS = SIDE * SIDE
CLASSES = 10
SEED = 20240229


def plain_digits_model():
    """8 x 8 x 1 pixels in 0..1 -> 10 logits, as Keras starts it: random kernels from the seed, biases of zero."""
    tf.keras.backend.clear_session()
    tf.keras.utils.set_random_seed(SEED)
    layers = tf.keras.layers
    return tf.keras.Sequential([
        tf.keras.Input((SIDE, SIDE, 1)),
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(CLASSES),
    ])


def initial_weights(hidden, seed):
    """He-uniform kernels and zero biases, from NumPy's seeded generator: the same on every machine."""
    generator = np.random.default_rng(seed)

    def kernel(inputs, outputs):
        limit = np.sqrt(6.0 / inputs)
        return generator.uniform(-limit, limit, size=(inputs, outputs)).astype(np.float32)

    return [
        kernel(PIXELS, hidden),
        np.zeros(hidden, np.float32),
        kernel(hidden, CLASSES),
        np.zeros(CLASSES, np.float32),
    ]


class DigitsModel(tf.Module):
    """64 pixels in 0..1 -> hidden units with relu -> 10 logits, trained by plain gradient descent on the cross entropy.

    Labels are one-hot rows. A row of zeros marks padding: it adds nothing to the loss, the gradient or the counts, so a device can fill
    its last, shorter batch up.
    """

    def __init__(self, weights):
        super().__init__()
        self.variables_in_order = [
            tf.Variable(value, name=f"w{index:02d}") for index, value in enumerate(weights)
        ]

    def forward(self, x):
        kernel0, bias0, kernel1, bias1 = (variable.read_value() for variable in self.variables_in_order)
        hidden = tf.nn.relu(tf.matmul(x, kernel0) + bias0)
        return hidden, tf.matmul(hidden, kernel1) + bias1

    def infer(self, x):
        _, logits = self.forward(x)
        return {"logits": logits}

    def train(self, x, y, learning_rate):
        hidden, logits = self.forward(x)
        kernel0, bias0, kernel1, bias1 = self.variables_in_order
        examples = tf.maximum(tf.reduce_sum(y), 1.0)
        loss = -tf.reduce_sum(y * tf.nn.log_softmax(logits)) / examples
        present = tf.reduce_sum(y, axis=1, keepdims=True)
        d_logits = (tf.nn.softmax(logits) * present - y) / examples
        # hidden = relu(z) >= 0, so its sign is relu's derivative.
        d_hidden = tf.matmul(d_logits, kernel1.read_value(), transpose_b=True) * tf.sign(hidden)
        gradients = [
            tf.matmul(x, d_hidden, transpose_a=True),
            tf.reduce_sum(d_hidden, axis=0),
            tf.matmul(hidden, d_logits, transpose_a=True),
            tf.reduce_sum(d_logits, axis=0),
        ]
        for variable, gradient in zip((kernel0, bias0, kernel1, bias1), gradients):
            variable.assign(variable.read_value() - learning_rate * gradient)
        return {"loss": loss}

    def evaluate(self, x, y):
        _, logits = self.forward(x)
        hits = tf.cast(tf.equal(tf.argmax(logits, 1), tf.argmax(y, 1)), tf.float32)
        return {
            "loss_sum": -tf.reduce_sum(y * tf.nn.log_softmax(logits)),
            "correct": tf.reduce_sum(hits * tf.reduce_sum(y, axis=1)),
            "count": tf.reduce_sum(y),
        }

    def parameters(self):
        return {f"w{index:02d}": variable.read_value() for index, variable in enumerate(self.variables_in_order)}

    def restore(self, **weights):
        for index, variable in enumerate(self.variables_in_order):
            variable.assign(weights[f"w{index:02d}"])
        return {"ok": tf.constant(1, tf.int32)}

    def signatures(self):
        x = tf.TensorSpec([None, PIXELS], tf.float32, "x")
        y = tf.TensorSpec([None, CLASSES], tf.float32, "y")
        weights = {
            f"w{index:02d}": tf.TensorSpec(variable.shape, tf.float32, f"w{index:02d}")
            for index, variable in enumerate(self.variables_in_order)
        }
        rate = tf.TensorSpec([], tf.float32, "learning_rate")
        return {
            "train": tf.function(self.train).get_concrete_function(x, y, rate),
            "infer": tf.function(self.infer).get_concrete_function(x),
            "evaluate": tf.function(self.evaluate).get_concrete_function(x, y),
            "parameters": tf.function(self.parameters).get_concrete_function(),
            "restore": tf.function(self.restore).get_concrete_function(**weights),
        }
