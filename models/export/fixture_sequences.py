"""Fixtures for features and tokens: regression, text, a transformer's encoder."""

import keras
from keras import layers

from fixture import Fixture
from fixture_layers import randomized

TOKENS = 8
VOCABULARY = 30
WIDTH = 16


def text_classifier(generator):
    inputs = keras.Input((TOKENS,), dtype="int32")
    x = layers.Embedding(VOCABULARY, 8)(inputs)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(12, activation="relu")(x)
    return randomized(keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x)), generator)


def _encoder_block(x):
    attended = layers.MultiHeadAttention(num_heads=2, key_dim=WIDTH // 2)(x, x)
    x = layers.LayerNormalization(epsilon=1e-5)(layers.Add()([x, attended]))
    y = layers.Dense(2 * WIDTH, activation="gelu")(x)
    y = layers.Dense(WIDTH)(y)
    return layers.LayerNormalization(epsilon=1e-5)(layers.Add()([x, y]))


def transformer_features(generator):
    inputs = keras.Input((TOKENS, 6))
    x = layers.Dense(WIDTH)(inputs)
    x = _encoder_block(x)
    x = layers.GlobalAveragePooling1D()(x)
    return randomized(keras.Model(inputs, layers.Dense(4)(x)), generator)


def transformer_tokens(generator):
    inputs = keras.Input((TOKENS,), dtype="int32")
    x = layers.Embedding(VOCABULARY, WIDTH)(inputs)
    x = _encoder_block(x)
    return randomized(keras.Model(inputs, layers.Dense(3, activation="softmax")(x[:, 0])), generator)


def regression(generator):
    inputs = keras.Input((7,))
    x = layers.Dense(16, activation="relu")(inputs)
    x = layers.Dense(8, activation="tanh")(x)
    return randomized(keras.Model(inputs, layers.Dense(1)(x)), generator)


def time_series(generator):
    inputs = keras.Input((24, 3))
    x = layers.Conv1D(8, 5, strides=2, padding="same", activation="relu")(inputs)
    x = layers.Conv1D(8, 3, padding="causal", dilation_rate=2, activation="relu")(x)
    x = layers.MaxPooling1D(2)(x)
    x = layers.Flatten()(x)
    return randomized(keras.Model(inputs, layers.Dense(2)(x)), generator)


FIXTURES = [
    Fixture(
        "text-classifier", "ids, embedding, mean, dense, ends in LOGISTIC", text_classifier, "sigmoid_ce", batch=8,
        vocabulary=VOCABULARY,
    ),
    Fixture(
        "transformer-encoder", "one block on features: attention, layer norms, GELU", transformer_features, "ce", centred=True
    ),
    Fixture(
        "transformer-tokens", "the same block on ids; the first token's row is classified, ends in SOFTMAX", transformer_tokens,
        "ce", vocabulary=VOCABULARY,
    ),
    Fixture("regression-huber", "perceptron with one output", regression, "huber", batch=8, centred=True),
    Fixture("time-series", "strided and causal dilated one-dimensional convolutions", time_series, "mse", centred=True),
]
