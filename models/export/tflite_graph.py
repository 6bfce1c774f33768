"""A .tflite file as plain Python: its tensors, its operators, and which constants are parameters."""

import dataclasses

import numpy as np
from tensorflow.lite.python import schema_py_generated as schema

_DTYPES = {
    schema.TensorType.FLOAT32: np.float32,
    schema.TensorType.INT32: np.int32,
    schema.TensorType.INT64: np.int64,
    schema.TensorType.BOOL: np.bool_,
}

_OPERATOR_NAMES = {
    value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)
}

# Where an operator keeps what a training step may change: {operand: role}.
_PARAMETERS = {
    "CONV_2D": {1: "filter", 2: "bias"},
    "DEPTHWISE_CONV_2D": {1: "filter", 2: "bias"},
    "FULLY_CONNECTED": {1: "weights", 2: "bias"},
    "TRANSPOSE_CONV": {1: "filter", 3: "bias"},
    "BATCH_MATMUL": {0: "weights", 1: "weights"},
    "GATHER": {0: "table"},
    "PRELU": {1: "slope"},
    "MUL": {0: "scale", 1: "scale"},
    "DIV": {1: "scale"},
    "ADD": {0: "offset", 1: "offset"},
    "SUB": {0: "offset", 1: "offset"},
}
# One number is a setting (an epsilon, the 6 of relu6) and not a parameter.
_SETTINGS_ALLOWED = {"MUL", "DIV", "ADD", "SUB"}


@dataclasses.dataclass(frozen=True)
class Tensor:
    name: str
    dtype: type
    value: np.ndarray | None  # None unless it is a constant


@dataclasses.dataclass(frozen=True)
class Operator:
    index: int
    name: str
    inputs: tuple[int, ...]  # -1 where an optional operand is absent
    outputs: tuple[int, ...]
    options: object | None  # the schema's table, such as Conv2DOptionsT


@dataclasses.dataclass(frozen=True)
class Parameter:
    """A constant that training changes, and the operands that read it.

    A bias of zeros that the converter dropped has no tensor. Equal constants of different layers become one tensor when converted; zeros
    are taken apart again here (one Parameter per use), since equal zeros are where layers start and not something they share.
    """

    role: str
    value: np.ndarray
    tensor: int | None
    uses: tuple[tuple[int, int], ...]  # (operator, operand)


@dataclasses.dataclass(frozen=True)
class Graph:
    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    input: int
    output: int

    def operator_names(self):
        return [operator.name for operator in self.operators]


def read_graph(model_bytes):
    """The one subgraph of a .tflite with one input and one output."""
    model = schema.ModelT.InitFromPackedBuf(model_bytes, 0)
    if len(model.subgraphs) != 1:
        raise ValueError(f"expected one subgraph, found {len(model.subgraphs)}")
    subgraph = model.subgraphs[0]
    if len(subgraph.inputs) != 1 or len(subgraph.outputs) != 1:
        raise ValueError(f"expected one input and one output, found {subgraph.inputs} and {subgraph.outputs}")
    tensors = tuple(_tensor(tensor, model.buffers) for tensor in subgraph.tensors)
    operators = tuple(
        Operator(
            index,
            _operator_name(model.operatorCodes[operator.opcodeIndex]),
            tuple(int(i) for i in operator.inputs),
            tuple(int(i) for i in operator.outputs),
            operator.builtinOptions,
        )
        for index, operator in enumerate(subgraph.operators)
    )
    return Graph(tensors, operators, int(subgraph.inputs[0]), int(subgraph.outputs[0]))


def parameters(graph, with_dropped_biases=False):
    """The float constants that operators use as weights, in the order of their first use."""
    found = {}
    for operator in graph.operators:
        for operand, role in _PARAMETERS.get(operator.name, {}).items():
            tensor = operator.inputs[operand] if operand < len(operator.inputs) else -1
            use = (operator.index, operand)
            if tensor < 0:
                if with_dropped_biases and operator.name == "FULLY_CONNECTED":
                    units = graph.tensors[operator.inputs[1]].value.shape[0]
                    found[use] = Parameter("bias", np.zeros(units, np.float32), None, (use,))
                continue
            value = graph.tensors[tensor].value
            if value is None or value.dtype != np.float32:
                continue
            if operator.name in _SETTINGS_ALLOWED and value.size == 1:
                continue
            key = use if not value.any() else tensor
            earlier = found.get(key)
            uses = (*earlier.uses, use) if earlier else (use,)
            found[key] = Parameter(earlier.role if earlier else role, value, tensor, uses)
    return list(found.values())


def _operator_name(code):
    # Codes below 127 are (also) in the old, one-byte field; the larger of the two holds, says the schema.
    return _OPERATOR_NAMES[max(code.builtinCode, code.deprecatedBuiltinCode)]


def _tensor(tensor, buffers):
    dtype = _DTYPES.get(tensor.type)
    data = buffers[tensor.buffer].data
    value = None
    if data is not None and len(data) > 0:
        if dtype is None:
            raise ValueError(f"constant {tensor.name} has the unexpected type {tensor.type}")
        shape = () if tensor.shape is None else tuple(tensor.shape)
        value = np.frombuffer(bytes(data), dtype).reshape(shape)
    return Tensor(tensor.name.decode(), dtype, value)
