"""The arithmetic of a compiled network, and what this machine's arithmetic can do at most."""

import os
import subprocess
import sys
from math import prod
from typing import Any

from ai_edge_litert.interpreter import Interpreter

# The fastest multiplication of two matrices on one core, in multiply-adds a second.
PEAK = """
import time, numpy as np
side = 1024
a, b = np.random.default_rng(0).random((2, side, side), np.float32)
best = 1e9
for _ in range(30):
    begun = time.perf_counter(); a @ b; best = min(best, time.perf_counter() - begun)
print(side**3 / best)
"""
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def multiply_adds(compiled: bytes) -> int:
    """Return the multiply-adds of one digit in all layers with weights of a compiled network."""
    interpreter = Interpreter(model_content=compiled)
    interpreter.allocate_tensors()
    shapes = {t["index"]: t["shape"].tolist() for t in interpreter.get_tensor_details()}
    operations: list[dict[str, Any]] = interpreter._get_ops_details()  # there is no public way
    return sum(
        _of_operation(op["op_name"], shapes[op["inputs"][1]], shapes[op["outputs"][0]])
        for op in operations
        if len(op["inputs"]) > 1
    )


def _of_operation(name: str, weights: list[int], output: list[int]) -> int:
    """Weights are (out, height, width, in), depthwise (1, height, width, out), dense (out, in)."""
    match name:
        case "CONV_2D":
            return prod(output) * prod(weights[1:])
        case "DEPTHWISE_CONV_2D":
            return prod(output) * prod(weights[1:3])
        case "FULLY_CONNECTED":
            return prod(output) * weights[1]
        case _:  # additions and the like: one each, and few
            return 0


def peak_multiply_adds() -> float:
    """Measure the float32 multiply-adds a second of one core."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK],
        env=os.environ | ONE_THREAD,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return float(done.stdout)
