"""SavedModel -> .tflite, shared by the scripts of this directory."""

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
