"""Exports a MobileNetV2 of full size, to measure with: 224 x 224 x 3 pixels, 1000 classes, 3.5 million parameters, 14 MB.

    python export_large.py --out mobilenet-v2.tflite

The weights are random, but the same each time. The file is too large to be kept with the sources.
"""

import argparse
import pathlib

import numpy as np
import tensorflow as tf

from convert import convert_keras
from fixture_layers import randomized

SEED = 20240229


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True, help="where the model goes")
    out = parser.parse_args().out
    model = tf.keras.applications.MobileNetV2(input_shape=(224, 224, 3), alpha=1.0, weights=None, classes=1000)
    model_bytes = convert_keras(randomized(model, np.random.default_rng(SEED)))
    out.write_bytes(model_bytes)
    print(f"{out}: {model.count_params()} parameters, {len(model_bytes)} bytes")


if __name__ == "__main__":
    main()
