"""Fixtures for convolutions, pools and the operators that move values about; a branch of its own for each way to use them."""

import numpy as np
import tensorflow as tf

from fixture import Fixture
from fixture_layers import Constants, branches, flat, inference

CHANNELS = 4
IMAGE = (8, 8, 2)


def _conv_stem(constants):
    return constants.conv(IMAGE[2], CHANNELS)


def _image(*operations, shape=IMAGE, batch=None):
    return branches(shape, _conv_stem, operations, batch)


def _same(function):
    """An operation without constants."""
    return lambda constants, x: function(x)


def _conv(**settings):
    return lambda constants, x: constants.conv(CHANNELS, CHANNELS, **settings)(x)


def _depthwise(**settings):
    return lambda constants, x: constants.depthwise(CHANNELS, **settings)(x)


def _pool(function, *settings):
    return _same(lambda x: function(x, *settings))


CONVOLUTIONS = [
    Fixture(
        "op-strided-conv", "strides, even kernels, a kernel smaller than its stride",
        _image(
            _conv(size=3, strides=2), _conv(size=2, strides=2, padding="VALID"), _conv(size=1, strides=2), _conv(size=2, strides=3),
            _conv(size=4, strides=1), _conv(size=3, strides=3, padding="VALID"),
        ), "mse",
    ),
    Fixture(
        "op-dilated-conv", "dilation 2 and 3, SAME and VALID",
        _image(_conv(dilations=2), _conv(dilations=3, padding="VALID"), _conv(size=2, dilations=2)), "mse",
    ),
    Fixture("op-grouped-conv", "2 and 4 groups", _image(_conv(groups=2), _conv(groups=4, strides=2)), "mse"),
    Fixture(
        "op-depthwise", "multiplier 2; stride 2; dilation 2",
        _image(
            _depthwise(multiplier=2), _depthwise(strides=2), _depthwise(dilations=2), _depthwise(multiplier=2, strides=2, padding="VALID"),
            _depthwise(size=5),
        ), "mse",
    ),
    Fixture(
        "op-transpose-conv", "SAME and VALID, strides 1, 2 and 3",
        _image(
            lambda c, x: c.conv_transpose(CHANNELS, 3, [4, 16, 16, 3])(x),
            lambda c, x: c.conv_transpose(CHANNELS, 2, [4, 17, 17, 2], padding="VALID")(x),
            lambda c, x: c.conv_transpose(CHANNELS, 2, [4, 8, 8, 2], strides=1)(x),
            lambda c, x: c.conv_transpose(CHANNELS, 2, [4, 24, 24, 2], size=2, strides=3)(x),
            batch=4,
        ), "mse",
    ),
    Fixture(
        "op-max-pool", "windows that overlap, SAME and VALID, and some that leave the last row out",
        _image(
            _pool(tf.nn.max_pool2d, 2, 2, "VALID"), _pool(tf.nn.max_pool2d, 3, 2, "SAME"), _pool(tf.nn.max_pool2d, 3, 2, "VALID"),
            _pool(tf.nn.max_pool2d, 3, 1, "VALID"), _pool(tf.nn.max_pool2d, 2, 1, "SAME"), _pool(tf.nn.max_pool2d, 2, 3, "VALID"),
        ), "mse",
    ),
    Fixture(
        "op-average-pool", "windows that overlap and such as are not whole at the edge",
        _image(
            _pool(tf.nn.avg_pool2d, 2, 2, "VALID"), _pool(tf.nn.avg_pool2d, 3, 2, "SAME"), _pool(tf.nn.avg_pool2d, 3, 1, "SAME"),
            _pool(tf.nn.avg_pool2d, 3, 2, "VALID"), _pool(tf.nn.avg_pool2d, [2, 5], [1, 3], "SAME"),
        ), "mse",
    ),
]


def _tied_pool(size, strides, padding):
    """A convolution of small whole numbers, so that different places of a window have exactly the same value."""

    def build(generator):
        constants = Constants(generator)
        kernel = generator.integers(-1, 2, (3, 3, 1, 3)).astype(np.float32)
        bias = np.array([0.5, -0.5, 1.0], np.float32)

        def features(x):
            return tf.nn.max_pool2d(tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "SAME"), bias), size, strides, padding)

        pooled = -(-8 // strides) if padding == "SAME" else (8 - size) // strides + 1
        dense = constants.dense(3 * pooled * pooled, 5)
        return inference((8, 8, 1), lambda x: dense(flat(features(x))))

    return build


_FIRST = "equal maxima; TensorFlow's gradient goes to the first of a window, row by row"
TIES = [
    Fixture("op-max-pool-ties", _FIRST, _tied_pool(2, 2, "VALID"), "ce", levels=1),
    Fixture("op-max-pool-ties-overlapping", _FIRST, _tied_pool(3, 2, "SAME"), "ce", levels=1),
]


def _padded(x):
    return tf.pad(x, [[0, 0], [1, 2], [0, 3], [0, 0]])


def _scattered(x):
    first, second = tf.split(x, 2, axis=3)
    return first * second


def _split_unevenly(x):
    first, _, third = tf.split(x, [2, 1, 5], axis=1)  # The one in the middle has no reader.
    return tf.concat([third, first], 1) * 0.5


def _split_with_one_reader(x):
    return tf.split(x, 4, axis=2)[2]


def _unstacked(x):
    rows = tf.unstack(x, axis=1)
    return tf.stack([rows[7], rows[0] * rows[3], rows[0]], axis=2)


def _gathered(x):
    return tf.gather(x, [3, 0, 3, 3, 7], axis=2)


def _gathered_channels(x):
    return tf.gather(x, [[1, 1], [0, 3]], axis=3)


MOVES = [
    Fixture(
        "op-pad", "PAD and PADV2",
        _image(
            lambda c, x: c.conv(CHANNELS, 3, strides=2, padding="VALID")(_padded(x)),
            lambda c, x: c.conv(CHANNELS, 3, strides=2, padding="VALID")(
                tf.pad(x, [[0, 0], [2, 0], [1, 1], [0, 0]], constant_values=-1.5)
            ),
            _same(lambda x: tf.pad(x, [[0, 0], [0, 0], [0, 0], [1, 2]]) * 2.0),
        ), "mse",
    ),
    Fixture(
        "op-mirror-pad", "MIRROR_PAD, reflecting and symmetric",
        _image(
            _same(lambda x: tf.pad(x, [[0, 0], [1, 2], [3, 0], [0, 0]], "REFLECT")),
            _same(lambda x: tf.pad(x, [[0, 0], [2, 1], [0, 3], [0, 0]], "SYMMETRIC")),
        ), "mse",
    ),
    Fixture(
        "op-slice", "SLICE and STRIDED_SLICE: strides, backwards, an axis less, an axis more",
        _image(
            _same(lambda x: tf.slice(x, [0, 1, 2, 0], [-1, 4, 5, 3])), _same(lambda x: x[:, 1:7:2, ::3]),
            _same(lambda x: x[:, ::-1, 6:1:-2]), _same(lambda x: x[:, 3]), _same(lambda x: x[:, -2, :, 1]),
            _same(lambda x: x[:, 2:4, tf.newaxis, ..., -1]),
        ), "mse",
    ),
    Fixture(
        "op-split", "SPLIT and SPLIT_V, with results that nothing reads",
        _image(_same(_scattered), _same(_split_unevenly), _same(_split_with_one_reader)), "mse",
    ),
    Fixture("op-pack", "PACK and UNPACK, a row used twice", _image(_same(_unstacked)), "mse"),
    Fixture(
        "op-concatenation", "of a value with itself, along the channels and along the rows",
        _image(
            _same(lambda x: tf.concat([x, tf.tanh(x), x], 3)), _same(lambda x: tf.concat([x[:, :3], tf.sigmoid(x)], 1)),
        ), "mse",
    ),
    Fixture("op-gather", "GATHER with places that repeat", _image(_same(_gathered), _same(_gathered_channels)), "mse"),
    Fixture(
        "op-space-depth", "SPACE_TO_DEPTH and DEPTH_TO_SPACE",
        _image(_same(lambda x: tf.nn.space_to_depth(x, 2)), _same(lambda x: tf.nn.depth_to_space(x, 2))), "mse",
    ),
    Fixture(
        "op-reshape", "RESHAPE, EXPAND_DIMS, SQUEEZE, TRANSPOSE, with a free batch",
        _image(
            _same(lambda x: tf.reshape(x, [-1, 4, 16, 4])), _same(lambda x: tf.transpose(x, [0, 3, 1, 2])),
            _same(lambda x: tf.squeeze(tf.expand_dims(x, 2) * 2.0, 2)),
            _same(lambda x: tf.transpose(tf.expand_dims(x, 1), [0, 2, 1, 4, 3])),
        ), "mse",
    ),
    Fixture(
        "op-reshape-fixed", "the same with a fixed batch",
        _image(
            _same(lambda x: tf.reshape(x, [4, 4, 16, 4])), _same(lambda x: tf.transpose(x, [1, 0, 3, 2])[:4]),
            _same(lambda x: tf.squeeze(tf.expand_dims(x, 2) * 2.0, 2)), batch=4,
        ), "mse",
    ),
    Fixture(
        "op-tile", "TILE and BROADCAST_TO",
        _image(
            _same(lambda x: tf.tile(x, [1, 2, 1, 3])), _same(lambda x: tf.broadcast_to(x[:, :1], [4, 3, 8, 4])),
            _same(lambda x: tf.broadcast_to(tf.reduce_mean(x, [1, 2], keepdims=True), [4, 2, 2, 4])), batch=4,
        ), "mse",
    ),
]


def _resized(function, height, width, align=False, half=False):
    return _same(
        lambda x: function(images=x, size=[height, width], align_corners=align, half_pixel_centers=half)
    )


def _resizes(function):
    return _image(
        _resized(function, 16, 16), _resized(function, 16, 16, half=True), _resized(function, 15, 13, align=True),
        _resized(function, 5, 11), _resized(function, 5, 11, half=True), _resized(function, 3, 7, align=True),
    )


RESIZES = [
    Fixture(
        "op-resize-bilinear", "up and down, by whole and by broken factors; plain, half_pixel_centers, align_corners",
        _resizes(tf.raw_ops.ResizeBilinear), "mse",
    ),
    Fixture(
        "op-resize-nearest", "up and down, by whole and by broken factors; plain, half_pixel_centers, align_corners",
        _resizes(tf.raw_ops.ResizeNearestNeighbor), "mse",
    ),
]

FIXTURES = [*CONVOLUTIONS, *TIES, *MOVES, *RESIZES]
