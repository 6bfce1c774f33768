"""Fixtures in the manner of well-known networks for images and sounds, small."""

import keras
from keras import layers

from fixture import Fixture
from fixture_layers import randomized


def _model(inputs, outputs, generator):
    return randomized(keras.Model(inputs, outputs), generator)


def _norm_act(x, activation="relu6"):
    x = layers.BatchNormalization()(x)
    return layers.Activation(activation)(x) if activation else x


def _conv(x, filters, size, strides=1, activation="relu6"):
    x = layers.Conv2D(filters, size, strides, padding="same", use_bias=False)(x)
    return _norm_act(x, activation)


def _depthwise(x, size, strides=1, activation="relu6"):
    x = layers.DepthwiseConv2D(size, strides, padding="same", use_bias=False)(x)
    return _norm_act(x, activation)


def _hard_sigmoid(x):
    return layers.ReLU(6.0)(x + 3.0) * (1.0 / 6.0)


def _squeeze_excite(x, reduced, gate):
    channels = x.shape[-1]
    squeezed = layers.GlobalAveragePooling2D(keepdims=True)(x)
    squeezed = layers.Conv2D(reduced, 1, activation="relu")(squeezed)
    return layers.Multiply()([x, gate(layers.Conv2D(channels, 1)(squeezed))])


def _inverted_residual(x, expanded, filters, strides=1, size=3, activation="relu6", excite=None):
    y = _conv(x, expanded, 1, activation=activation)
    y = _depthwise(y, size, strides, activation)
    if excite:
        y = excite(y)
    y = _conv(y, filters, 1, activation=None)
    return layers.Add()([x, y]) if strides == 1 and x.shape[-1] == filters else y


def lenet(generator):
    inputs = keras.Input((16, 16, 1))
    x = layers.Conv2D(6, 5, activation="relu", padding="same")(inputs)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(8, 5, activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(24, activation="relu")(x)
    return _model(inputs, layers.Dense(10)(x), generator)


def mobilenet_v2(generator):
    inputs = keras.Input((16, 16, 3))
    x = _conv(inputs, 8, 3, 2)
    x = _inverted_residual(x, 16, 8)
    x = _inverted_residual(x, 16, 12, strides=2)
    x = _inverted_residual(x, 24, 12)
    x = _conv(x, 24, 1)
    x = layers.GlobalAveragePooling2D()(x)
    return _model(inputs, layers.Dense(5)(x), generator)


def mobilenet_v3(generator):
    def excite(x):
        return _squeeze_excite(x, 8, _hard_sigmoid)

    inputs = keras.Input((16, 16, 3))
    x = _conv(inputs, 8, 3, 2, "hard_swish")
    x = _inverted_residual(x, 16, 8, activation="relu", excite=excite)
    x = _inverted_residual(x, 16, 12, strides=2, size=5, activation="hard_swish", excite=excite)
    x = _conv(x, 24, 1, activation="hard_swish")
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = layers.Conv2D(16, 1, activation="hard_swish")(x)
    x = layers.Conv2D(5, 1)(x)
    return _model(inputs, layers.Flatten()(x), generator)


def efficientnet(generator):
    def excite(x):
        return _squeeze_excite(x, 8, layers.Activation("sigmoid"))

    inputs = keras.Input((16, 16, 3))
    x = layers.Rescaling(2.0, offset=-1.0)(inputs)
    x = _conv(x, 8, 3, 2, "swish")
    x = _inverted_residual(x, 16, 8, activation="swish", excite=excite)
    x = _inverted_residual(x, 16, 12, strides=2, size=5, activation="swish", excite=excite)
    x = _conv(x, 16, 1, activation="swish")
    x = layers.GlobalAveragePooling2D()(x)
    return _model(inputs, layers.Dense(5, activation="softmax")(x), generator)


def efficientnet_lite(generator):
    inputs = keras.Input((16, 16, 3))
    x = _conv(inputs, 8, 3, 2)
    x = _inverted_residual(x, 16, 8)
    x = _inverted_residual(x, 24, 12, strides=2, size=5)
    x = _inverted_residual(x, 24, 12, size=5)
    x = _conv(x, 16, 1)
    x = layers.GlobalAveragePooling2D()(x)
    return _model(inputs, layers.Dense(5, activation="softmax")(x), generator)


def _residual_block(x, filters, strides):
    shortcut = x
    if strides > 1 or x.shape[-1] != filters:
        shortcut = _conv(x, filters, 1, strides, activation=None)
    y = _conv(x, filters, 3, strides, "relu")
    y = _conv(y, filters, 3, activation=None)
    return layers.Activation("relu")(layers.Add()([shortcut, y]))


def resnet(generator):
    inputs = keras.Input((20, 20, 3))
    x = _conv(inputs, 8, 5, 2, "relu")
    x = layers.MaxPooling2D(3, 2, padding="same")(x)
    x = _residual_block(x, 8, 1)
    x = _residual_block(x, 12, 2)
    x = layers.GlobalAveragePooling2D()(x)
    return _model(inputs, layers.Dense(6)(x), generator)


def keyword_spotting(generator):
    inputs = keras.Input((49, 10, 1))
    x = layers.Conv2D(8, (10, 4), (2, 2), padding="same", use_bias=False)(inputs)
    x = _norm_act(x, "relu")
    for _ in range(2):
        x = _depthwise(x, 3, activation="relu")
        x = _conv(x, 8, 1, activation="relu")
    # 25 x 5 in windows of 4 x 2, three and two apart: they overlap, and those at the edges are not whole.
    x = layers.AveragePooling2D((4, 2), (3, 2), padding="same")(x)
    x = layers.Flatten()(x)
    return _model(inputs, layers.Dense(12)(x), generator)


def autoencoder(generator):
    inputs = keras.Input((8, 8, 1))
    x = layers.Conv2D(8, 3, 2, padding="same", activation="relu")(inputs)
    x = layers.Conv2D(12, 3, 2, padding="same", activation="relu")(x)
    x = layers.Conv2DTranspose(8, 3, 2, padding="same", activation="relu")(x)
    x = layers.UpSampling2D(2, interpolation="nearest")(x)
    x = layers.Conv2D(6, 3, padding="same", activation="relu")(x)
    return _model(inputs, layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x), generator)


def upsampling_autoencoder(generator):
    inputs = keras.Input((8, 8, 1))
    x = layers.Conv2D(6, 3, 2, padding="same", activation="tanh")(inputs)
    x = layers.UpSampling2D(2, interpolation="bilinear")(x)
    x = layers.Conv2DTranspose(4, 2, 1, padding="valid", activation="elu")(x)
    return _model(inputs, layers.Conv2D(1, 2, padding="valid")(x), generator)


def softmax_cnn(generator):
    inputs = keras.Input((8, 8, 1))
    x = layers.Conv2D(6, 3, activation="relu")(inputs)
    x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    return _model(inputs, layers.Dense(10, activation="softmax")(x), generator)


def multi_label_cnn(generator):
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(6, 3, 2, padding="same", activation="relu")(inputs)
    x = layers.GlobalMaxPooling2D()(x)
    return _model(inputs, layers.Dense(5, activation="sigmoid")(x), generator)


FIXTURES = [
    Fixture("lenet", "two 5x5 convolutions, max pools, two dense layers", lenet, "ce", dynamic_range=True),
    Fixture("mobilenet-v2-like", "inverted residuals, relu6, SAME strides, folded batch norm", mobilenet_v2, "ce", dynamic_range=True),
    Fixture("mobilenet-v3-like", "hard swish, squeeze-excite with a hard sigmoid", mobilenet_v3, "ce"),
    Fixture("efficientnet-like", "swish, squeeze-excite with a sigmoid, ends in SOFTMAX", efficientnet, "ce"),
    Fixture("efficientnet-lite-like", "relu6, 5x5 depthwise, ends in SOFTMAX", efficientnet_lite, "ce"),
    Fixture("resnet-like", "strided shortcut, overlapping SAME max pool 3x3/2", resnet, "ce", dynamic_range=True),
    Fixture("keyword-spotting", "49x10x1, depthwise separable, ragged overlapping SAME average pool", keyword_spotting, "ce"),
    Fixture("autoencoder", "strided convolutions down; transposed convolution and nearest neighbour up", autoencoder, "mse"),
    Fixture("autoencoder-bilinear", "bilinear up, VALID transposed convolution", upsampling_autoencoder, "mse"),
    Fixture("softmax-cnn", "ends in SOFTMAX", softmax_cnn, "ce"),
    Fixture("multi-label", "ends in LOGISTIC; the labels are independent", multi_label_cnn, "sigmoid_ce", batch=6),
]
