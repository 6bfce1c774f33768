"""The three models that are compared: a dense net, a small convolutional one, and one like LeNet."""

import tensorflow as tf

layers = tf.keras.layers


def mlp():
    """784-64-10."""
    return tf.keras.Sequential([layers.Input((784,)), layers.Dense(64, "relu"), layers.Dense(10)])


def small_cnn():
    """Two 3x3 convolutions with pools."""
    return tf.keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.MaxPool2D(),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPool2D(),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )


def lenet():
    """Two 5x5 convolutions with pools, three dense layers (LeCun et al., 1998, with ReLU and max pools)."""
    return tf.keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(6, 5, padding="same", activation="relu"),
            layers.MaxPool2D(),
            layers.Conv2D(16, 5, activation="relu"),
            layers.MaxPool2D(),
            layers.Flatten(),
            layers.Dense(120, "relu"),
            layers.Dense(84, "relu"),
            layers.Dense(10),
        ]
    )


# Each with the largest share of TensorFlow's time that is aimed at.
MODELS = {"mlp": (mlp, 0.5), "small-cnn": (small_cnn, 0.9), "lenet": (lenet, 1.2)}
