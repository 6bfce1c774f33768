"""Exports the small models that the runtime's tests load.

    python export_test_models.py --out ../src/test/resources/io/covey/models/runtime

flower.tflite       follows Flower's Android convention: train(x, y), infer(x), parameters() -> a0.., restore(a0..) -> a0..; twelve
                    parameters, so that a10 sorts before a2 by the alphabet; flower-reference.json holds TensorFlow's losses
labels.tflite       trainable, with whole numbers as labels
types.tflite        an input and an output of each element type
fixed-batch.tflite  takes four examples, no more and no fewer
fixed-inside.tflite claims to take any batch, but reshapes to two rows
checkpoint.tflite   saves and restores by a checkpoint's path, as TensorFlow's guide to on-device training does
flex.tflite         trains with TensorFlow's own gradients, which need the Flex delegate
"""

import argparse
import json
import pathlib

import numpy as np
import tensorflow as tf

from convert import convert

SEED = 7
STEPS = 5


class FlowerModel(tf.Module):
    """Six linear layers in a row, trained on the mean squared error with the learning rate that is built in."""

    LAYERS = 6
    WIDTH = 3
    LEARNING_RATE = 0.05

    def __init__(self):
        super().__init__()
        generator = np.random.default_rng(SEED)
        self.weights = []
        for index in range(self.LAYERS):
            kernel = np.eye(self.WIDTH) + generator.normal(0, 0.1, (self.WIDTH, self.WIDTH))
            self.weights.append(tf.Variable(kernel.astype(np.float32), name=f"a{2 * index}"))
            self.weights.append(tf.Variable(np.full(self.WIDTH, 0.01 * index, np.float32), name=f"a{2 * index + 1}"))

    def activations(self, x):
        values = [x]
        for index in range(self.LAYERS):
            values.append(tf.matmul(values[-1], self.weights[2 * index].read_value()) + self.weights[2 * index + 1])
        return values

    def infer(self, x):
        return {"logits": self.activations(x)[-1]}

    def train(self, x, y):
        values = self.activations(x)
        error = values[-1] - y
        elements = tf.cast(tf.size(error), tf.float32)
        gradient = 2.0 * error / elements
        steps = []
        for index in reversed(range(self.LAYERS)):
            kernel, bias = self.weights[2 * index], self.weights[2 * index + 1]
            steps.append((kernel, tf.matmul(values[index], gradient, transpose_a=True)))
            steps.append((bias, tf.reduce_sum(gradient, axis=0)))
            gradient = tf.matmul(gradient, kernel.read_value(), transpose_b=True)
        for weight, step in steps:
            weight.assign(weight.read_value() - self.LEARNING_RATE * step)
        return {"loss": tf.reduce_sum(error * error) / elements}

    def parameters(self):
        return {f"a{index}": weight.read_value() for index, weight in enumerate(self.weights)}

    def restore(self, **weights):
        for index, weight in enumerate(self.weights):
            weight.assign(weights[f"a{index}"])
        return self.parameters()

    def signatures(self):
        x = tf.TensorSpec([None, self.WIDTH], tf.float32, "x")
        y = tf.TensorSpec([None, self.WIDTH], tf.float32, "y")
        weights = {f"a{i}": tf.TensorSpec(weight.shape, tf.float32, f"a{i}") for i, weight in enumerate(self.weights)}
        return {
            "train": tf.function(self.train).get_concrete_function(x, y),
            "infer": tf.function(self.infer).get_concrete_function(x),
            "parameters": tf.function(self.parameters).get_concrete_function(),
            "restore": tf.function(self.restore).get_concrete_function(**weights),
        }

    def reference(self):
        """TensorFlow's losses, by automatic differentiation, and the weights after them; leaves the model trained."""
        x = np.arange(12, dtype=np.float32).reshape(4, self.WIDTH) / 12
        y = 1 - x
        losses = []
        for _ in range(STEPS):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(self.activations(x)[-1] - y))
            losses.append(float(loss))
            for weight, gradient in zip(self.weights, tape.gradient(loss, self.weights)):
                weight.assign_sub(self.LEARNING_RATE * gradient)
        return {
            "made_with": f"tensorflow {tf.__version__}",
            "x": x.ravel().tolist(),
            "y": y.ravel().tolist(),
            "losses": losses,
            "parameters": np.concatenate([weight.numpy().ravel() for weight in self.weights]).tolist(),
        }


class LabelsModel(tf.Module):
    """Softmax regression, 4 -> 3, whose labels are whole numbers; -1 is padding."""

    def __init__(self):
        super().__init__()
        self.kernel = tf.Variable(np.zeros((4, 3), np.float32), name="w00")

    def rows(self, y):
        return tf.one_hot(y, 3, dtype=tf.float32)

    def infer(self, x):
        return {"logits": tf.matmul(x, self.kernel.read_value())}

    def train(self, x, y, learning_rate):
        logits = tf.matmul(x, self.kernel.read_value())
        rows = self.rows(y)
        examples = tf.maximum(tf.reduce_sum(rows), 1.0)
        d_logits = (tf.nn.softmax(logits) * tf.reduce_sum(rows, axis=1, keepdims=True) - rows) / examples
        loss = -tf.reduce_sum(rows * tf.nn.log_softmax(logits)) / examples
        self.kernel.assign(self.kernel.read_value() - learning_rate * tf.matmul(x, d_logits, transpose_a=True))
        return {"loss": loss}

    def evaluate(self, x, y):
        logits = tf.matmul(x, self.kernel.read_value())
        rows = self.rows(y)
        hits = tf.cast(tf.equal(tf.argmax(logits, 1, output_type=tf.int32), y), tf.int32)
        return {
            "loss_sum": -tf.reduce_sum(rows * tf.nn.log_softmax(logits)),
            "correct": tf.reduce_sum(hits),
            "count": tf.cast(tf.reduce_sum(rows), tf.int32),
        }

    def parameters(self):
        return {"w00": self.kernel.read_value()}

    def restore(self, w00):
        self.kernel.assign(w00)
        return {"ok": tf.constant(1, tf.int32)}

    def signatures(self):
        x = tf.TensorSpec([None, 4], tf.float32, "x")
        y = tf.TensorSpec([None], tf.int32, "y")
        rate = tf.TensorSpec([], tf.float32, "learning_rate")
        w00 = tf.TensorSpec([4, 3], tf.float32, "w00")
        return {
            "train": tf.function(self.train).get_concrete_function(x, y, rate),
            "infer": tf.function(self.infer).get_concrete_function(x),
            "evaluate": tf.function(self.evaluate).get_concrete_function(x, y),
            "parameters": tf.function(self.parameters).get_concrete_function(),
            "restore": tf.function(self.restore).get_concrete_function(w00=w00),
        }


class TypesModel(tf.Module):
    """Doubles an input of each type; of truth values, the opposite."""

    TYPES = {
        "float32": tf.float32,
        "int32": tf.int32,
        "int64": tf.int64,
        "uint8": tf.uint8,
        "int8": tf.int8,
        "int16": tf.int16,
    }

    def infer(self, **inputs):
        outputs = {
            f"{name}_out": tf.cast(tf.cast(inputs[name], tf.float32) * 2.0, dtype) for name, dtype in self.TYPES.items()
        }
        outputs["bool_out"] = tf.logical_not(inputs["bool"])
        return outputs

    def signatures(self):
        inputs = {name: tf.TensorSpec([None], dtype, name) for name, dtype in self.TYPES.items()}
        inputs["bool"] = tf.TensorSpec([None, 2], tf.bool, "bool")
        return {"infer": tf.function(self.infer).get_concrete_function(**inputs)}


class FixedModel(tf.Module):
    """Adds up each row, in a batch that is fixed at its edge or in its middle."""

    def fixed_batch(self, x):
        return {"sums": tf.reduce_sum(tf.exp(x), axis=1)}

    def fixed_inside(self, x):
        return {"sums": tf.reduce_sum(tf.reshape(tf.exp(x), [2, 3]), axis=1)}

    def signatures(self, inside):
        function = self.fixed_inside if inside else self.fixed_batch
        spec = tf.TensorSpec([None if inside else 4, 3], tf.float32, "x")
        return {"infer": tf.function(function).get_concrete_function(spec)}


class CheckpointModel(tf.Module):
    """Saves its one variable to a file and reads it back."""

    def __init__(self):
        super().__init__()
        self.kernel = tf.Variable(np.ones((3, 2), np.float32), name="kernel")

    def infer(self, x):
        return {"logits": tf.matmul(x, self.kernel)}

    def save(self, checkpoint_path):
        tf.raw_ops.Save(filename=checkpoint_path, tensor_names=["kernel"], data=[self.kernel.read_value()])
        return {"checkpoint_path": checkpoint_path}

    def restore(self, checkpoint_path):
        value = tf.raw_ops.Restore(file_pattern=checkpoint_path, tensor_name="kernel", dt=tf.float32)
        self.kernel.assign(tf.ensure_shape(value, [3, 2]))
        return {"kernel": self.kernel.read_value()}

    def signatures(self):
        path = tf.TensorSpec([], tf.string, "checkpoint_path")
        return {
            "infer": tf.function(self.infer).get_concrete_function(tf.TensorSpec([None, 3], tf.float32, "x")),
            "save": tf.function(self.save).get_concrete_function(path),
            "restore": tf.function(self.restore).get_concrete_function(path),
        }


class FlexModel(tf.Module):
    """One step of training with TensorFlow's gradients."""

    def __init__(self):
        super().__init__()
        self.kernel = tf.Variable(np.ones((3, 2), np.float32), name="kernel")

    def train(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(tf.nn.relu(tf.matmul(x, self.kernel)) - y))
        self.kernel.assign(self.kernel - 0.1 * tape.gradient(loss, self.kernel))
        return {"loss": loss}

    def signatures(self):
        x = tf.TensorSpec([None, 3], tf.float32, "x")
        y = tf.TensorSpec([None, 2], tf.float32, "y")
        return {"train": tf.function(self.train).get_concrete_function(x, y)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the directory that the files go into")
    directory = parser.parse_args().out

    def write(name, module, signatures, allow_flex=False):
        data = convert(module, signatures, allow_flex)
        (directory / name).write_bytes(data)
        print(f"{name}: {len(data)} bytes")

    flower = FlowerModel()
    write("flower.tflite", flower, flower.signatures())
    (directory / "flower-reference.json").write_text(json.dumps(flower.reference(), indent=1) + "\n", encoding="utf-8")
    labels = LabelsModel()
    write("labels.tflite", labels, labels.signatures())
    types = TypesModel()
    write("types.tflite", types, types.signatures())
    for inside in (False, True):
        fixed = FixedModel()
        write("fixed-inside.tflite" if inside else "fixed-batch.tflite", fixed, fixed.signatures(inside))
    checkpoint = CheckpointModel()
    write("checkpoint.tflite", checkpoint, checkpoint.signatures(), allow_flex=True)
    flex = FlexModel()
    write("flex.tflite", flex, flex.signatures(), allow_flex=True)


if __name__ == "__main__":
    main()
