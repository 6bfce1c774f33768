"""Exports what the stock converter's full int8 quantization makes of the fixtures, calibrated with the fixtures' own batches.

    python export_quantized.py --out ../src/test/resources/io/covey/models/fixtures [name ...]

Beside each model that export_fixtures.py has written, and that its builder still gives byte for byte, it writes

    stock-full-int8.tflite  the converter's int8 form; what has no kernel for bytes is in floats in it
    stock-full-int8.f32     what the TensorFlow Lite interpreter answers with it to the fixture's batch
    stock-ranges.json       only where needed: the tensors whose ranges the converter's calibration gets wrong; all tensors where the rows
                            depend on each other, which one example after the other does not show

The converter's calibration reads what an operator was given after the operator has run. Where the interpreter computes a result in place
(sums, products, activations), the operand is gone by then, and its range is that of the result, too. So the ranges are measured again with
an interpreter that keeps all tensors; where the two differ, both are written.
"""

import argparse
import json
import pathlib
import sys

import numpy as np
import tensorflow as tf
from tensorflow.lite.python import schema_py_generated as schema

from convert import convert_quietly, stock_converter
from export_fixtures import FIXTURES
from fixture import inputs_for, tflite_output

_TOLERANCE = 1e-5  # of the larger end, for two ways to run the same operators


def samples_for(fixture, model, x):
    """One example at a time; all of them together when the model's batch is fixed, or its rows depend on each other."""
    shape = model.input_shape if isinstance(model, tf.keras.Model) else model.get_concrete_function().inputs[0].shape
    return [x[i : i + 1] for i in range(len(x))] if tuple(shape)[0] in (None, 1) and not fixture.rows_depend else [x]


def quantizing_converter(model, samples):
    converter = stock_converter(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([sample] for sample in samples)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    return converter


def calibrated_ranges(model, samples):
    """{tensor: (smallest, largest)} as the converter's own calibration has them, and the float graph that it measures."""
    converter = quantizing_converter(model, samples)
    converter._experimental_calibrate_only = True  # There is no public way to see the ranges.
    calibrated = convert_quietly(converter)
    tensors = schema.ModelT.InitFromPackedBuf(calibrated, 0).subgraphs[0].tensors
    recorded = {index: tensor.quantization for index, tensor in enumerate(tensors) if tensor.quantization is not None}
    ranges = {
        index: (float(quantization.min[0]), float(quantization.max[0]))
        for index, quantization in recorded.items()
        if quantization.min is not None and len(quantization.min) == 1
    }
    return ranges, calibrated


def exact_ranges(model_bytes, samples):
    """{tensor: (smallest, largest)} of the float tensors, none of which is overwritten."""
    interpreter = tf.lite.Interpreter(
        model_content=model_bytes,
        experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        experimental_preserve_all_tensors=True,
    )
    index = interpreter.get_input_details()[0]["index"]
    ranges = {}
    for sample in samples:
        interpreter.resize_tensor_input(index, sample.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(index, sample)
        interpreter.invoke()
        for tensor in interpreter.get_tensor_details():
            if tensor["dtype"] == np.float32 and tensor["shape"].all():
                value = interpreter.get_tensor(tensor["index"])
                smallest, largest = ranges.get(tensor["index"], (np.inf, -np.inf))
                ranges[tensor["index"]] = (min(smallest, float(value.min())), max(largest, float(value.max())))
    return ranges


def with_zero(ends):
    """The range that bytes are made for: zero is always in it."""
    return min(ends[0], 0.0), max(ends[1], 0.0)


def wrong_ranges(calibrated, exact, all_of_them):
    """The tensors whose two ranges differ, or all_of_them, for stock-ranges.json."""
    found = []
    for tensor, stock in sorted(calibrated.items()):
        ends = with_zero(exact[tensor])
        if all_of_them or not np.allclose(with_zero(stock), ends, rtol=0, atol=_TOLERANCE * max(map(abs, ends)) + np.finfo(np.float32).tiny):
            found.append({"tensor": tensor, "stock": list(stock), "exact": list(exact[tensor])})
    return found


def export(fixture, directory):
    """Writes the files into directory/<name>. Raises if the builder gives another model or batch than the directory has."""
    tf.keras.backend.clear_session()
    tf.keras.utils.set_random_seed(0)
    model = fixture.build(fixture.generator("weights"))
    target = directory / fixture.name
    if convert_quietly(stock_converter(model)) != (target / "model.tflite").read_bytes():
        raise ValueError(f"{fixture.name}: the builder gives another model than {target}; write it anew with export_fixtures.py")
    x = inputs_for(fixture, model)
    if x.tobytes() != (target / json.loads((target / "manifest.json").read_text(encoding="utf-8"))["x"]).read_bytes():
        raise ValueError(f"{fixture.name}: the builder gives another batch than {target}; write it anew with export_fixtures.py")
    samples = samples_for(fixture, model, x)
    quantized = convert_quietly(quantizing_converter(model, samples))
    calibrated, float_graph = calibrated_ranges(model, samples)
    exact = exact_ranges(float_graph, samples)
    wrong = wrong_ranges(calibrated, exact, fixture.rows_depend)
    (target / "stock-full-int8.tflite").write_bytes(quantized)
    tflite_output(quantized, x).tofile(target / "stock-full-int8.f32")
    ranges = target / "stock-ranges.json"
    ranges.unlink(missing_ok=True)
    if wrong:
        lines = ",\n".join(" " + json.dumps(entry) for entry in wrong)
        ranges.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    return len(quantized), len(wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the directory that holds one directory for each fixture")
    parser.add_argument("names", nargs="*", help="the fixtures to quantize; all, if there is none")
    arguments = parser.parse_args()
    known = {fixture.name: fixture for fixture in FIXTURES}
    unknown = [name for name in arguments.names if name not in known]
    if unknown:
        parser.error(f"there is no fixture {', '.join(unknown)}; there are {', '.join(known)}")
    failed = []
    for name in arguments.names or known:
        try:
            size, wrong = export(known[name], arguments.out)
            print(f"{name}: {size} bytes; {wrong} tensors in stock-ranges.json", flush=True)
        except Exception as failure:  # One that fails does not keep the others from being looked at.
            failed.append(name)
            print(f"{name}: FAILED: {type(failure).__name__}: {failure}", flush=True)
    if failed:
        sys.exit(f"not written: {', '.join(failed)}")


if __name__ == "__main__":
    main()
