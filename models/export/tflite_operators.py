"""What TensorFlow Lite's builtin operators compute, said in TensorFlow's, so that tf.GradientTape can differentiate a .tflite file."""

import numpy as np
import tensorflow as tf
from tensorflow.lite.python import schema_py_generated as schema

_ACTIVATIONS = {
    schema.ActivationFunctionType.NONE: lambda x: x,
    schema.ActivationFunctionType.RELU: tf.nn.relu,
    schema.ActivationFunctionType.RELU_N1_TO_1: lambda x: tf.clip_by_value(x, -1.0, 1.0),
    schema.ActivationFunctionType.RELU6: tf.nn.relu6,
    schema.ActivationFunctionType.TANH: tf.tanh,
}
_PADDINGS = {schema.Padding.SAME: "SAME", schema.Padding.VALID: "VALID"}


def run(graph, x, replaced):
    """All tensors of the graph for the input x; `replaced` has values for operands, {(operator, operand): value}, instead of constants."""
    values = {index: tensor.value for index, tensor in enumerate(graph.tensors) if tensor.value is not None}
    values[graph.input] = x
    for operator in graph.operators:
        operands = [
            replaced.get((operator.index, operand), values.get(tensor)) for operand, tensor in enumerate(operator.inputs)
        ]
        # An operand that the file leaves out may still be given here: the bias that the converter dropped.
        operands += [
            value for (index, operand), value in sorted(replaced.items())
            if index == operator.index and operand >= len(operator.inputs)
        ]
        if operator.name not in OPERATORS:
            raise ValueError(f"operator {operator.index} is a {operator.name}, which has no rule in {__name__}")
        results = OPERATORS[operator.name](operator.options, *operands)
        results = results if isinstance(results, (list, tuple)) else [results]
        values.update(zip(operator.outputs, results, strict=True))
    return values


def _activate(options, value):
    return _ACTIVATIONS[options.fusedActivationFunction](value)


def _spread(kernel, dilation_height, dilation_width):
    """A kernel [h, w, ..] with zeros between its taps: TensorFlow's CPU kernels have no gradient for dilated convolutions."""
    for axis, dilation in ((0, dilation_height), (1, dilation_width)):
        if dilation > 1:
            taps = tf.unstack(kernel, axis=axis)
            gap = [tf.zeros_like(taps[0])] * (dilation - 1)
            spread = [tap for each in taps for tap in [each, *gap]]
            kernel = tf.stack(spread[: len(spread) - len(gap)], axis=axis)
    return kernel


def _conv_2d(options, x, weights, bias=None):
    kernel = _spread(tf.transpose(weights, [1, 2, 3, 0]), options.dilationHFactor, options.dilationWFactor)
    groups = x.shape[3] // kernel.shape[2]
    strides = [options.strideH, options.strideW]
    # TensorFlow's CPU kernels have no gradient for grouped convolutions either.
    parts = [
        tf.nn.conv2d(part, part_kernel, strides, _PADDINGS[options.padding])
        for part, part_kernel in zip(tf.split(x, groups, 3), tf.split(kernel, groups, 3))
    ]
    result = tf.concat(parts, 3)
    return _activate(options, result if bias is None else result + bias)


def _depthwise_conv_2d(options, x, weights, bias=None):
    _, height, width, channels = weights.shape
    kernel = tf.reshape(weights, [height, width, x.shape[3], channels // x.shape[3]])
    kernel = _spread(kernel, options.dilationHFactor, options.dilationWFactor)
    result = tf.nn.depthwise_conv2d(x, kernel, [1, options.strideH, options.strideW, 1], _PADDINGS[options.padding])
    return _activate(options, result if bias is None else result + bias)


def _transpose_conv(options, output_shape, weights, x, bias=None):
    kernel = tf.transpose(weights, [1, 2, 0, 3])
    strides = [options.strideH, options.strideW]
    result = tf.nn.conv2d_transpose(x, kernel, output_shape, strides, _PADDINGS[options.padding])
    return _activate(options, result if bias is None else result + bias)


def _fully_connected(options, x, weights, bias=None):
    inputs = weights.shape[1]
    result = tf.matmul(tf.reshape(x, [-1, inputs]), weights, transpose_b=True)
    if bias is not None:
        result += bias
    if options.keepNumDims:
        result = tf.reshape(result, [*x.shape[:-1], weights.shape[0]])
    return _activate(options, result)


def _pool(function):
    def pool(options, x):
        window, strides = [options.filterHeight, options.filterWidth], [options.strideH, options.strideW]
        return _activate(options, function(x, window, strides, _PADDINGS[options.padding]))

    return pool


def _binary(function):
    return lambda options, a, b: _activate(options, function(a, b))


def _plain(function):
    """An operator without settings."""
    return lambda options, *operands: function(*operands)


def _reduction(function):
    return lambda options, x, axes: function(x, axis=_numbers(axes), keepdims=options.keepDims)


def _numbers(constant):
    return np.asarray(constant).reshape(-1).tolist()


def _number(constant):
    return int(np.asarray(constant).reshape(()))


def _strided_slice(options, x, begin, end, strides):
    return tf.strided_slice(
        x, begin, end, strides,
        begin_mask=options.beginMask, end_mask=options.endMask, ellipsis_mask=options.ellipsisMask,
        new_axis_mask=options.newAxisMask, shrink_axis_mask=options.shrinkAxisMask,
    )


def _reshape(options, x, shape=None):
    return tf.reshape(x, options.newShape if shape is None else shape)


def _squeeze(options, x):
    axes = [] if options.squeezeDims is None else list(options.squeezeDims)
    return tf.squeeze(x, axes or None)


def _mirror_pad(options, x, paddings):
    mode = "REFLECT" if options.mode == schema.MirrorPadMode.REFLECT else "SYMMETRIC"
    return tf.pad(x, paddings, mode)


def _gather(options, table, indices):
    return tf.gather(table, indices, axis=options.axis, batch_dims=options.batchDims)


def _resize_bilinear(options, x, size):
    return tf.raw_ops.ResizeBilinear(
        images=x, size=size, align_corners=options.alignCorners, half_pixel_centers=options.halfPixelCenters
    )


def _resize_nearest_neighbor(options, x, size):
    return tf.raw_ops.ResizeNearestNeighbor(
        images=x, size=size, align_corners=options.alignCorners, half_pixel_centers=options.halfPixelCenters
    )


def _concatenation(options, *parts):
    return _activate(options, tf.concat(parts, options.axis))


def _batch_matmul(options, a, b):
    return tf.matmul(a, b, transpose_a=options.adjX, transpose_b=options.adjY)


OPERATORS = {
    "ABS": _plain(tf.abs),
    "ADD": _binary(tf.add),
    "AVERAGE_POOL_2D": _pool(tf.nn.avg_pool2d),
    "BATCH_MATMUL": _batch_matmul,
    "BATCH_TO_SPACE_ND": _plain(tf.batch_to_space),
    "BROADCAST_ARGS": _plain(tf.broadcast_dynamic_shape),
    "BROADCAST_TO": _plain(tf.broadcast_to),
    "CAST": lambda options, x: tf.cast(x, tf.int32 if options.outDataType == schema.TensorType.INT32 else tf.float32),
    "CONCATENATION": _concatenation,
    "CONV_2D": _conv_2d,
    "COS": _plain(tf.cos),
    "DEPTHWISE_CONV_2D": _depthwise_conv_2d,
    "DEPTH_TO_SPACE": lambda options, x: tf.nn.depth_to_space(x, options.blockSize),
    "DIV": _binary(tf.divide),
    "ELU": _plain(tf.nn.elu),
    "EQUAL": _plain(tf.equal),
    "EXP": _plain(tf.exp),
    "EXPAND_DIMS": _plain(tf.expand_dims),
    "FILL": _plain(tf.fill),
    "FULLY_CONNECTED": _fully_connected,
    "GATHER": _gather,
    "GELU": lambda options, x: tf.nn.gelu(x, approximate=options.approximate),
    "GREATER": _plain(tf.greater),
    "GREATER_EQUAL": _plain(tf.greater_equal),
    "HARD_SWISH": _plain(lambda x: x * tf.nn.relu6(x + 3.0) / 6.0),
    "L2_NORMALIZATION": _plain(lambda x: tf.math.l2_normalize(x, axis=-1)),
    "LEAKY_RELU": lambda options, x: tf.nn.leaky_relu(x, options.alpha),
    "LESS": _plain(tf.less),
    "LOG": _plain(tf.math.log),
    "LOGISTIC": _plain(tf.sigmoid),
    "LOG_SOFTMAX": _plain(tf.nn.log_softmax),
    "MAXIMUM": _plain(tf.maximum),
    "MAX_POOL_2D": _pool(tf.nn.max_pool2d),
    "MEAN": _reduction(tf.reduce_mean),
    "MINIMUM": _plain(tf.minimum),
    "MIRROR_PAD": _mirror_pad,
    "MUL": _binary(tf.multiply),
    "NEG": _plain(tf.negative),
    "PACK": lambda options, *parts: tf.stack(parts, options.axis),
    "PAD": _plain(tf.pad),
    "PADV2": _plain(lambda x, paddings, fill: tf.pad(x, paddings, constant_values=fill)),
    "POW": _plain(tf.pow),
    "PRELU": _plain(lambda x, slope: tf.where(x >= 0.0, x, x * slope)),
    "REDUCE_MAX": _reduction(tf.reduce_max),
    "REDUCE_MIN": _reduction(tf.reduce_min),
    "REDUCE_PROD": _reduction(tf.reduce_prod),
    "RELU": _plain(tf.nn.relu),
    "RELU6": _plain(tf.nn.relu6),
    "RELU_N1_TO_1": _plain(lambda x: tf.clip_by_value(x, -1.0, 1.0)),
    "RESHAPE": _reshape,
    "RESIZE_BILINEAR": _resize_bilinear,
    "RESIZE_NEAREST_NEIGHBOR": _resize_nearest_neighbor,
    "REVERSE_V2": _plain(tf.reverse),
    "RSQRT": _plain(tf.math.rsqrt),
    "SELECT_V2": _plain(tf.where),
    "SHAPE": _plain(tf.shape),
    "SIN": _plain(tf.sin),
    "SLICE": _plain(tf.slice),
    "SOFTMAX": lambda options, x: tf.nn.softmax(options.beta * x),
    "SPACE_TO_BATCH_ND": _plain(tf.space_to_batch),
    "SPACE_TO_DEPTH": lambda options, x: tf.nn.space_to_depth(x, options.blockSize),
    "SPLIT": lambda options, axis, x: tf.split(x, options.numSplits, _number(axis)),
    "SPLIT_V": lambda options, x, sizes, axis: tf.split(x, _numbers(sizes), _number(axis)),
    "SQRT": _plain(tf.sqrt),
    "SQUARE": _plain(tf.square),
    "SQUARED_DIFFERENCE": _plain(tf.math.squared_difference),
    "SQUEEZE": _squeeze,
    "STRIDED_SLICE": _strided_slice,
    "SUB": _binary(tf.subtract),
    "SUM": _reduction(tf.reduce_sum),
    "TANH": _plain(tf.tanh),
    "TILE": _plain(tf.tile),
    "TRANSPOSE": _plain(tf.transpose),
    "TRANSPOSE_CONV": _transpose_conv,
    "UNPACK": lambda options, x: tf.unstack(x, options.num, options.axis),
}
