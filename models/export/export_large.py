"""Exports a network of full size, to measure and to try with: by default MobileNetV2, 224 x 224 x 3 pixels, 1000 classes, 14 MB.

    python export_large.py --out mobilenet-v2.tflite
    python export_large.py --out densenet.tflite --network DenseNet121 --side 64 --classes 10

Any network of keras.applications will do. The weights are random, but the same each time. The files are too large to be kept with the
sources.
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
    parser.add_argument("--network", default="MobileNetV2", help="its name in keras.applications")
    parser.add_argument("--side", type=int, default=224, help="of an image, in pixels")
    parser.add_argument("--classes", type=int, default=1000)
    arguments = parser.parse_args()
    out = arguments.out
    network = getattr(tf.keras.applications, arguments.network)
    model = network(input_shape=(arguments.side, arguments.side, 3), weights=None, classes=arguments.classes)
    model_bytes = convert_keras(randomized(model, np.random.default_rng(SEED)))
    out.write_bytes(model_bytes)
    print(f"{out}: {model.count_params()} parameters, {len(model_bytes)} bytes")


if __name__ == "__main__":
    main()
