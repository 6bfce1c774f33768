"""Runs Flower's SecAgg+ in one process and takes the CPU time of clients and server.

Flower's own code does all the work: `SecAggPlusWorkflow` on the server's side, `secaggplus_mod` on
each client's. Messages are handed over in memory, each as a copy of its own, and copying is not
counted. Neither is what is no part of secure aggregation: training, the strategy's averaging of
results, and quantizing, which `covey bench secagg` begins after.

CPU time is that of the whole process, since Flower splits and combines shares in a thread pool.
"""

import copy
import importlib
import logging
import random
import time
from dataclasses import dataclass, field

import numpy as np
from flwr.app import ConfigRecord, Context, Message, RecordDict
from flwr.common import (
    Code,
    FitRes,
    Status,
    ndarrays_to_parameters,
    parameters_to_ndarrays,
)
from flwr.compat.common import recorddict_compat as compat
from flwr.server.client_manager import SimpleClientManager
from flwr.server.client_proxy import ClientProxy
from flwr.server.compat.legacy_context import LegacyContext
from flwr.server.server_config import ServerConfig
from flwr.server.strategy import FedAvg
from flwr.server.workflow.constant import MAIN_CONFIGS_RECORD, MAIN_PARAMS_RECORD, Key
from flwr.serverapp.grid import Grid
from flwr.supercore.task_identity import TaskIdentity

# By name: in their packages the functions hide the modules they are in.
mod_module = importlib.import_module("flwr.client.mod.secure_aggregation.secaggplus_mod")
workflow_module = importlib.import_module(
    "flwr.server.workflow.secure_aggregation.secaggplus_workflow"
)

COLLECT_MASKED_VECTORS = 2
CLIPPING_RANGE = 8.0


@dataclass
class Case:
    """One session: n, d, k, t, and how many fall silent before they send their masked vector."""

    clients: int
    entries: int
    neighbours: int
    threshold: int
    dropout: float
    seed: int

    def dropouts(self) -> int:
        return int(self.dropout * self.clients)

    def vector(self, node_id: int) -> np.ndarray:
        """A client's vector, made when it is wanted."""
        return np.random.default_rng([self.seed, node_id]).uniform(
            -1, 1, self.entries
        ).astype(np.float32)


@dataclass
class Costs:
    """CPU seconds."""

    clients: dict[int, float] = field(default_factory=dict)
    in_grid: float = 0.0
    quantizing: float = 0.0
    dequantizing: float = 0.0
    upload_bytes: int = 0


class NamedProxy(ClientProxy):
    """What the strategy samples; messages go through the grid."""

    def __init__(self, node_id: int) -> None:
        super().__init__(str(node_id))
        self.node_id = node_id

    def get_properties(self, ins, timeout, group_id):
        raise NotImplementedError

    def get_parameters(self, ins, timeout, group_id):
        raise NotImplementedError

    def fit(self, ins, timeout, group_id):
        raise NotImplementedError

    def evaluate(self, ins, timeout, group_id):
        raise NotImplementedError

    def reconnect(self, ins, timeout, group_id):
        raise NotImplementedError


class FirstOfMany(FedAvg):
    """Takes everybody, and the secure sum as it is, which is the same in every result."""

    def aggregate_fit(self, server_round, results, failures):
        return results[0][1].parameters, {}


class InMemoryGrid(Grid):
    """Hands each message to its client's mod, in this thread."""

    def __init__(self, case: Case, silent: set[int], costs: Costs) -> None:
        self.case, self.silent, self.costs = case, silent, costs
        self.contexts = {
            node: Context(1, node, {}, RecordDict(), {})
            for node in range(1, case.clients + 1)
        }
        self.stage = 0

    def send_and_receive(self, messages, *, timeout=None):
        begin = time.process_time()
        replies = [
            self._deliver(message)
            for message in messages
            if self.stage < COLLECT_MASKED_VECTORS
            or message.metadata.dst_node_id not in self.silent
        ]
        self.stage += 1
        self.costs.in_grid += time.process_time() - begin
        return replies

    def _deliver(self, message: Message) -> Message:
        node = message.metadata.dst_node_id
        # The workflow sends one object to all, and the mod takes entries out of what it gets.
        message.content = copy.deepcopy(message.content)
        training = 0.0

        def train(received: Message, _: Context) -> Message:
            nonlocal training
            begin = time.process_time()
            result = FitRes(
                Status(Code.OK, ""), ndarrays_to_parameters([self.case.vector(node)]), 1, {}
            )
            reply = Message(compat.fitres_to_recorddict(result, False), reply_to=received)
            training = time.process_time() - begin
            return reply

        quantizing = self.costs.quantizing
        begin = time.process_time()
        reply = mod_module.secaggplus_mod(message, self.contexts[node], train)
        spent = time.process_time() - begin - training - (self.costs.quantizing - quantizing)
        self.costs.clients[node] = self.costs.clients.get(node, 0.0) + spent
        for record in reply.content.config_records.values():
            for value in record.values():
                parts = value if isinstance(value, list) else [value]
                self.costs.upload_bytes += sum(len(p) for p in parts if isinstance(p, bytes))
        return reply

    def set_run(self, run):
        raise NotImplementedError

    @property
    def run(self):
        raise NotImplementedError

    def create_message(self, *args, **kwargs):
        raise NotImplementedError

    def get_node_ids(self):
        return self.contexts.keys()

    def get_nodes(self):
        return []

    def push_messages(self, messages):
        raise NotImplementedError

    def pull_messages(self, message_ids):
        raise NotImplementedError


def timed(function, costs: Costs, attribute: str):
    """The same function, whose CPU time is added up apart."""

    def run(*args, **kwargs):
        begin = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            setattr(costs, attribute, getattr(costs, attribute) + time.process_time() - begin)

    return run


def server_context(case: Case) -> LegacyContext:
    """What a server keeps between rounds, with everybody registered."""
    TaskIdentity.run_id, TaskIdentity.node_id, TaskIdentity.task_id = 1, 0, 0
    manager = SimpleClientManager()
    for node in range(1, case.clients + 1):
        manager.register(NamedProxy(node))
    strategy = FirstOfMany(
        fraction_fit=1.0, min_fit_clients=case.clients, min_available_clients=case.clients
    )
    context = LegacyContext(
        Context(1, 0, {}, RecordDict(), {}), ServerConfig(), strategy, manager
    )
    context.state.config_records[MAIN_CONFIGS_RECORD] = ConfigRecord({Key.CURRENT_ROUND: 1})
    # A model of one entry: what clients train from is no part of secure aggregation.
    context.state.array_records[MAIN_PARAMS_RECORD] = compat.parameters_to_arrayrecord(
        ndarrays_to_parameters([np.zeros(1, np.float32)]), True
    )
    return context


def run(case: Case) -> dict:
    """One session."""
    logging.getLogger("flwr").setLevel(logging.ERROR)
    random.seed(case.seed)
    costs = Costs()
    silent = set(random.sample(range(1, case.clients + 1), case.dropouts()))
    grid = InMemoryGrid(case, silent, costs)
    context = server_context(case)
    # Flower counts a client among those that hold its shares: k neighbours are k + 1 shares.
    workflow = workflow_module.SecAggPlusWorkflow(
        num_shares=case.neighbours + 1,
        reconstruction_threshold=case.threshold,
        max_weight=1.0,
        clipping_range=CLIPPING_RANGE,
    )
    originals = mod_module.quantize, workflow_module.dequantize
    mod_module.quantize = timed(originals[0], costs, "quantizing")
    workflow_module.dequantize = timed(originals[1], costs, "dequantizing")
    try:
        begin = time.process_time()
        workflow(grid, context)
        server = time.process_time() - begin - costs.in_grid - costs.dequantizing
    finally:
        mod_module.quantize, workflow_module.dequantize = originals
    alive = [node for node in range(1, case.clients + 1) if node not in silent]
    return {
        "participantCpuMillisMean": 1e3 * sum(costs.clients[n] for n in alive) / len(alive),
        "coordinatorCpuMillis": 1e3 * server,
        "quantizingCpuMillisMean": 1e3 * costs.quantizing / len(alive),
        "dequantizingCpuMillis": 1e3 * costs.dequantizing,
        "uploadBytesPerEntry": costs.upload_bytes / len(alive) / case.entries,
        "sumClose": is_close(case, alive, context),
    }


def is_close(case: Case, alive: list[int], context: LegacyContext) -> bool:
    """Whether the opened mean is that of the clients' vectors, within Flower's quantization."""
    opened = parameters_to_ndarrays(
        compat.arrayrecord_to_parameters(context.state.array_records[MAIN_PARAMS_RECORD], True)
    )
    if opened[0].shape != (case.entries,):
        return False
    mean = sum(case.vector(node).astype(np.float64) for node in alive) / len(alive)
    return bool(np.abs(opened[0] - mean).max() < 1e-4)
