"""Covey's and Flower's secure aggregation, one after the other on the same case."""

import argparse
import json
import os
import subprocess
import sys
from importlib.metadata import version

import flower_secagg

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 3))


def arguments() -> argparse.Namespace:
    """The same names as `covey bench secagg` has."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=128)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--neighbours", type=int, default=14)
    parser.add_argument("--threshold", type=int, default=8)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--covey", default=os.path.join(ROOT, "covey"), help="program to run (default: this checkout's)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def run_covey(case: argparse.Namespace) -> dict:
    """The checkout's launcher builds it first where that has not been done."""
    command = [case.covey, "bench", "secagg", "--json"]
    for name in ("clients", "entries", "neighbours", "threshold", "dropout", "seed"):
        command += [f"--{name}", str(getattr(case, name))]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False, text=True)
    if done.returncode != 0:
        sys.exit(f"covey bench secagg ended with {done.returncode}")
    return json.loads(done.stdout)


def run_flower(case: argparse.Namespace) -> dict:
    """In this process."""
    result = flower_secagg.run(
        flower_secagg.Case(
            case.clients,
            case.entries,
            case.neighbours,
            case.threshold,
            case.dropout,
            case.seed,
        )
    )
    return {"version": version("flwr"), **result}


def compare(covey: dict, flower: dict) -> dict:
    """How many times cheaper Covey is."""
    hashing = covey["byStep"]["coordinator"]["hashing"]
    return {
        "participant": flower["participantCpuMillisMean"] / covey["participantCpuMillisMean"],
        "coordinator": flower["coordinatorCpuMillis"] / covey["coordinatorCpuMillis"],
        "coordinatorWithoutHashing": flower["coordinatorCpuMillis"]
        / (covey["coordinatorCpuMillis"] - hashing),
        "upload": flower["uploadBytesPerEntry"] / covey["uploadBytesPerEntry"],
    }


def main() -> None:
    case = arguments()
    covey = run_covey(case)
    flower = run_flower(case)
    ratio = compare(covey, flower)
    if case.json:
        print(json.dumps({"covey": covey, "flower": flower, "ratio": ratio}))
    else:
        print_table(covey, flower, ratio)
    if not (covey["sumExact"] and flower["sumClose"]):
        sys.exit("a sum is wrong")


def print_table(covey: dict, flower: dict, ratio: dict) -> None:
    """Side by side."""
    print(
        f"{covey['clients']} clients, {covey['entries']} entries, {covey['neighbours']} neighbours,"
        f" threshold {covey['threshold']}, {covey['dropouts']} dropped before masked input"
    )
    print(f"{'':34}{'Covey':>12}{'Flower ' + flower['version']:>16}{'ratio':>9}")
    hashing = covey["byStep"]["coordinator"]["hashing"]
    rows = [
        ("participant, CPU ms", "participantCpuMillisMean", 0.0, "participant"),
        ("coordinator, CPU ms", "coordinatorCpuMillis", 0.0, "coordinator"),
        ("  without hashing chunks", "coordinatorCpuMillis", hashing, "coordinatorWithoutHashing"),
        ("upload, bytes an entry", "uploadBytesPerEntry", 0.0, "upload"),
    ]
    for label, key, less, name in rows:
        print(f"{label:34}{covey[key] - less:12.2f}{flower[key]:16.2f}{ratio[name]:9.1f}")


if __name__ == "__main__":
    main()
