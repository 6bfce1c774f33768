"""One fixture: a plain inference model, a batch for it, and what TensorFlow says about its loss and gradients."""

import dataclasses
import json
import typing
import zlib

import numpy as np
import tensorflow as tf

from convert import convert_quietly, stock_converter
from tflite_graph import parameters, read_graph
from tflite_operators import run

STEPS = 20
TOLERANCE = 2e-5
_HUBER_DELTA = 1.0
_LEARNING_RATES = (0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002)


@dataclasses.dataclass(frozen=True)
class Fixture:
    """What there is to say about a model besides the model: how it is built, fed and trained."""

    name: str
    note: str
    build: typing.Callable  # (numpy generator) -> keras.Model or tf.function with an input signature
    loss: str  # ce, sigmoid_ce, mse or huber
    batch: int = 4
    vocabulary: int | None = None  # the input is whole numbers below it, not pixels
    centred: bool = False  # the input is normally distributed, not in 0..1
    levels: int | None = None  # the input is rounded to multiples of 1 / levels, so that equal values meet
    with_dropped_biases: bool = False
    dynamic_range: bool = False  # write what the converter's dynamic range quantization makes of it as well
    rows_depend: bool = False  # the rows of a batch depend on each other

    def generator(self, purpose):
        """A seeded generator that depends on the name, so that a new fixture changes none of the others."""
        return np.random.default_rng(zlib.crc32(f"{self.name}/{purpose}".encode()))


def inputs_for(fixture, model):
    shape = model.input_shape if isinstance(model, tf.keras.Model) else model.get_concrete_function().inputs[0].shape
    shape = [fixture.batch, *tuple(shape)[1:]]
    generator = fixture.generator("x")
    if fixture.vocabulary is not None:
        return generator.integers(0, fixture.vocabulary, shape, dtype=np.int32)
    values = generator.normal(0, 1, shape) if fixture.centred else generator.uniform(0, 1, shape)
    if fixture.levels:
        values = np.round(values * fixture.levels) / fixture.levels
    return values.astype(np.float32)


def targets_for(fixture, output_shape):
    generator = fixture.generator("y")
    if fixture.loss == "ce":
        return generator.integers(0, output_shape[-1], output_shape[0], dtype=np.int32)
    if fixture.loss == "sigmoid_ce":
        return generator.integers(0, 2, output_shape).astype(np.float32)
    # Huber is to see both of its branches.
    return generator.normal(0, 2 if fixture.loss == "huber" else 0.5, output_shape).astype(np.float32)


def loss_of(kind, output, y):
    """ce: mean over the examples. The others: mean over all elements. For ce and sigmoid_ce the output is logits."""
    if kind == "ce":
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=output))
    if kind == "sigmoid_ce":
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=output))
    if kind == "mse":
        return tf.reduce_mean(tf.square(output - y))
    if kind == "huber":
        size = tf.abs(output - y)
        return tf.reduce_mean(tf.where(size <= _HUBER_DELTA, 0.5 * size * size, _HUBER_DELTA * (size - 0.5 * _HUBER_DELTA)))
    raise ValueError(f"unknown loss {kind}")


class Reference:
    """The constants of a .tflite as variables, and the loss as a function of them."""

    def __init__(self, fixture, model_bytes, x, y):
        self.fixture, self.x, self.y = fixture, x, y
        self.graph = read_graph(model_bytes)
        self.parameters = parameters(self.graph, fixture.with_dropped_biases)
        self.variables = [tf.Variable(parameter.value) for parameter in self.parameters]
        self.last = self.graph.operators[-1]
        self._step = tf.function(self._loss_and_gradients)

    def ends_in(self, operator):
        return self.last.name == operator and self.last.outputs == (self.graph.output,)

    def values(self):
        replaced = {
            use: variable for parameter, variable in zip(self.parameters, self.variables) for use in parameter.uses
        }
        return run(self.graph, tf.constant(self.x), replaced)

    def output(self):
        return self.values()[self.graph.output].numpy()

    def _loss_and_gradients(self):
        # Cross entropy is taken from what goes into the last SOFTMAX or LOGISTIC: the same number, without its rounding.
        before = {"ce": "SOFTMAX", "sigmoid_ce": "LOGISTIC"}.get(self.fixture.loss)
        scored = self.last.inputs[0] if before and self.ends_in(before) else self.graph.output
        with tf.GradientTape() as tape:
            loss = loss_of(self.fixture.loss, self.values()[scored], self.y)
        return loss, tape.gradient(loss, self.variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)

    def loss_and_gradients(self):
        loss, gradients = self._step()
        return float(loss), [np.asarray(tf.convert_to_tensor(gradient)) for gradient in gradients]

    def descend(self):
        """The rate and the losses before each step of gradient descent on the one batch; leaves the variables trained.

        The rate is the first at which each step lowers the loss: where steps overshoot, rounding errors grow, and nothing can be compared.
        """
        for rate in _LEARNING_RATES:
            losses = self._losses(rate)
            if np.all(np.diff(losses) < 0):
                return rate, losses
        raise ValueError(f"{self.fixture.name}: the losses do not fall even at {rate}: {losses}")

    def _losses(self, rate):
        losses = []
        for variable, parameter in zip(self.variables, self.parameters):
            variable.assign(parameter.value)
        for _ in range(STEPS):
            loss, gradients = self._step()
            losses.append(float(loss))
            for variable, gradient in zip(self.variables, gradients):
                variable.assign_sub(rate * tf.convert_to_tensor(gradient))
        return losses


def tflite_output(model_bytes, x):
    """What TensorFlow Lite itself says; the plain kernels, since XNNPACK refuses some batches that are resized."""
    resolver = tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = tf.lite.Interpreter(model_content=model_bytes, experimental_op_resolver_type=resolver)
    index = interpreter.get_input_details()[0]["index"]
    interpreter.resize_tensor_input(index, x.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(index, x)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


def export(fixture, directory):
    """Writes the fixture into directory/<name> and returns its manifest. Raises if TensorFlow and the .tflite disagree."""
    tf.keras.backend.clear_session()  # Tensors are named by counters, which are to start anew.
    tf.keras.utils.set_random_seed(0)
    model = fixture.build(fixture.generator("weights"))
    model_bytes = convert_quietly(stock_converter(model))
    x = inputs_for(fixture, model)
    output = tflite_output(model_bytes, x)
    y = targets_for(fixture, output.shape)
    reference = Reference(fixture, model_bytes, x, y)
    difference = float(np.max(np.abs(reference.output() - output)))
    if not difference <= TOLERANCE * max(1.0, float(np.max(np.abs(output)))):
        raise ValueError(f"{fixture.name}: TensorFlow and the .tflite differ by {difference}")
    loss, gradients = reference.loss_and_gradients()
    without = [parameter.uses for parameter, gradient in zip(reference.parameters, gradients) if not gradient.any()]
    if without:
        raise ValueError(f"{fixture.name}: the gradients at {without} are all zero, and would show nothing")
    rate, losses = reference.descend()

    target = directory / fixture.name
    target.mkdir(parents=True, exist_ok=True)
    for old in target.iterdir():
        old.unlink()
    (target / "model.tflite").write_bytes(model_bytes)
    if fixture.dynamic_range:
        _write_dynamic_range(model, target)
    manifest = _manifest(fixture, reference, x, y, output)
    manifest |= {"loss_value": loss, "sgd": {"learning_rate": rate, "full_batch_losses": losses}}
    x.tofile(target / manifest["x"])
    y.tofile(target / manifest["y"])
    output.tofile(target / "output.f32")
    for index, (parameter, gradient) in enumerate(zip(reference.parameters, gradients)):
        parameter.value.astype("<f4").tofile(target / f"{index:02d}.weight.f32")
        gradient.astype("<f4").tofile(target / f"{index:02d}.grad.f32")
    (target / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return manifest


def _write_dynamic_range(model, target):
    converter = stock_converter(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    (target / "stock-dynamic-int8.tflite").write_bytes(convert_quietly(converter))


def _manifest(fixture, reference, x, y, output):
    graph = reference.graph
    return {
        "name": fixture.name,
        "note": fixture.note,
        "input": list(x.shape),
        "input_dtype": x.dtype.name,
        "output": list(output.shape),
        "x": "x.i32" if x.dtype == np.int32 else "x.f32",
        "y": "y.i32" if y.dtype == np.int32 else "y.f32",
        "y_shape": list(y.shape),
        "loss": fixture.loss,
        "output_is_softmax": reference.ends_in("SOFTMAX"),
        "output_is_sigmoid": reference.ends_in("LOGISTIC"),
        "operators": sorted(set(graph.operator_names())),
        "variables": [_entry(graph, index, parameter) for index, parameter in enumerate(reference.parameters)],
        "made_with": f"tensorflow {tf.__version__}",
        "files": "little-endian, row-major; README.md beside the fixtures says what each is",
    }


def _entry(graph, index, parameter):
    first = graph.operators[parameter.uses[0][0]]
    return {
        "index": index,
        "layer": f"{first.name}#{first.index}",
        "variable": parameter.role,
        "shape": list(parameter.value.shape),
        "tensor": None if parameter.tensor is None else graph.tensors[parameter.tensor].name,
        "tensor_index": parameter.tensor,
        "uses": [list(use) for use in parameter.uses],
    }
