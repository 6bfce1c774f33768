"""Writes the files that the tests of io.covey.models.data read, and what NumPy and TensorFlow make of them.

    python export_test_data.py --out ../src/test/resources/io/covey/models/data

numbers-*.npy   the same 24 numbers, shape (2, 3, 4), in each type, order of bytes, layout and version that is read
images.npz      x and y and an array that no test asks for; images-packed.npz the same, compressed
objects.npy     Python objects, which are to be refused; records.npy, complex.npy, text.npy likewise
scalar.npy      a single number; empty.npy no rows
half.npy        every 61st of the finite float16, and half-as-float.f32 the same as float32
resize-*.f32    two images of 5 x 7 x 3, and what tf.image.resize makes of them
normalized.f32  resize-image.f32 after (x * scale - mean) / std per channel
"""

import argparse
import pathlib

import numpy as np
import tensorflow as tf

SEED = 11
SIZES = [(5, 7), (3, 4), (10, 14), (8, 5), (1, 1), (13, 3)]


def numbers(out):
    values = np.arange(-11, 13).reshape(2, 3, 4)
    for name in ["f2", "f4", "f8", "i1", "i2", "i4", "i8"]:
        for order, label in [("<", "little"), (">", "big")]:
            np.save(out / f"numbers-{name}-{label}.npy", values.astype(order + name))
    for name in ["u1", "u2", "u4", "u8"]:
        np.save(out / f"numbers-{name}-little.npy", (values + 11).astype("<" + name))
    np.save(out / "numbers-b1-little.npy", values > 0)
    np.save(out / "numbers-f4-columns.npy", np.asfortranarray(values.astype("<f4")))
    np.save(out / "numbers-i8-columns.npy", np.asfortranarray(values.astype("<i8")))
    for version in [(1, 0), (2, 0), (3, 0)]:
        with open(out / f"numbers-version-{version[0]}.npy", "wb") as file:
            np.lib.format.write_array(file, values.astype("<f4"), version=version)


def refused(out):
    np.save(out / "objects.npy", np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
    np.save(out / "records.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
    np.save(out / "complex.npy", np.zeros(2, dtype="<c8"))
    np.save(out / "text.npy", np.array(["one", "two"]))
    np.save(out / "scalar.npy", np.float32(3))
    np.save(out / "empty.npy", np.zeros((0, 5), dtype="<f4"))
    np.save(out / "infinite.npy", np.array([[1, 2], [3, np.inf]], dtype="<f8"))
    np.save(out / "large.npy", np.array([1, 2**31], dtype="<i8"))


def archives(out):
    generator = np.random.default_rng(SEED)
    arrays = {
        "x": generator.integers(0, 256, (6, 4, 4, 1), dtype=np.uint8),
        "y": np.array([2, 0, 1, 1, 0, 2]),
        "weights": generator.normal(size=(100, 10)),
    }
    np.savez(out / "images.npz", **arrays)
    np.savez_compressed(out / "images-packed.npz", **arrays)
    arrays["x"].astype("<f4").tofile(out / "images-x.f32")


def halves(out):
    every = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    every = every[np.isfinite(every)][::61]
    np.save(out / "half.npy", every)
    every.astype("<f4").tofile(out / "half-as-float.f32")


def images(out):
    generator = np.random.default_rng(SEED)
    image = generator.uniform(0, 255, (2, 5, 7, 3)).astype("<f4")
    image.tofile(out / "resize-image.f32")
    for height, width in SIZES:
        for method in ["bilinear", "nearest"]:
            tf.image.resize(image, (height, width), method=method).numpy().astype("<f4").tofile(
                out / f"resize-{method}-{height}x{width}.f32"
            )
    scale = np.float32(1 / 255)
    mean = np.array([0.485, 0.456, 0.406], dtype=np.float32)
    std = np.array([0.229, 0.224, 0.225], dtype=np.float32)
    ((image * scale - mean) / std).astype("<f4").tofile(out / "normalized.f32")
    np.ascontiguousarray(image.transpose(0, 3, 1, 2)).tofile(out / "channels-first.f32")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for write in [numbers, refused, archives, halves, images]:
        write(out)


if __name__ == "__main__":
    main()
