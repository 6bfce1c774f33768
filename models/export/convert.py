"""SavedModel or Keras model -> .tflite, shared by the scripts of this directory."""

import contextlib
import io
import tempfile

import tensorflow as tf


def convert(module, signatures, allow_flex=False):
    """The bytes of a .tflite file with the module's signatures. Builtin operators only, unless allow_flex."""
    with tempfile.TemporaryDirectory() as directory:
        tf.saved_model.save(module, directory, signatures=signatures)
        converter = tf.lite.TFLiteConverter.from_saved_model(directory)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        if allow_flex:
            converter.target_spec.supported_ops.append(tf.lite.OpsSet.SELECT_TF_OPS)
        converter.experimental_enable_resource_variables = True
        return converter.convert()


def stock_converter(model):
    """The stock converter of an inference model (Keras, or a tf.function with an input signature); builtin operators only."""
    if isinstance(model, tf.keras.Model):
        converter = tf.lite.TFLiteConverter.from_keras_model(model)
    else:
        module = tf.Module()
        module.infer = model
        converter = tf.lite.TFLiteConverter.from_concrete_functions([model.get_concrete_function()], module)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    return converter


def convert_quietly(converter):
    """The bytes of the .tflite, without the list of captures that Keras prints on the way."""
    with contextlib.redirect_stdout(io.StringIO()):
        return converter.convert()


def convert_keras(model):
    """The bytes of a plain .tflite of a Keras model."""
    return convert_quietly(stock_converter(model))
