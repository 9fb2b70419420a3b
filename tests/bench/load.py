"""Load: wrk for what speaks HTTP, pgbench for PostgreSQL by itself. Both with 64 connections from two threads."""

import re
from dataclasses import dataclass
from pathlib import Path

from servers import checked

CONNECTIONS = 64
THREADS = 2


@dataclass
class Round:
    """What came of one round."""

    rate: float
    """Requests a second that were answered with success."""
    errors: int
    """Requests that were refused, or not answered."""
    p50: float = 0
    p99: float = 0
    """Milliseconds in which half and 99 % of the answers came."""


def http(address, token, requests, seconds):
    """Sends requests of a file for some time."""
    command = [
        "wrk", f"--threads={THREADS}", f"--connections={CONNECTIONS}", f"--duration={seconds}s", "--timeout=10s",
        "--script", str(Path(__file__).with_name("requests.lua")),
        "--header", f"Authorization: Bearer {token}", "--header", "Content-Type: application/json",
        f"http://{address}", "--", str(requests),
    ]
    output = checked(command)
    figures = re.search(r"^FIGURES (\d+) (\d+) (\d+) (\d+) (\S+) (\S+)$", output, re.MULTILINE)
    answered, microseconds, refused, failed = (int(figure) for figure in figures.groups()[:4])
    p50, p99 = (float(figure) / 1000 for figure in figures.groups()[4:])
    return Round((answered - refused) / (microseconds / 1e6), refused + failed, p50, p99)


def pgbench(postgres, database, script, seconds):
    """Runs a script for some time."""
    variables = [f"--define={name}={value}" for name, value in script.variables.items()]
    command = [
        str(postgres.program("pgbench")), "--no-vacuum", f"--protocol={script.protocol}", f"--client={CONNECTIONS}",
        f"--jobs={THREADS}", f"--time={seconds}", "--host=127.0.0.1", f"--port={postgres.port}", "--username=postgres",
        f"--file={script.file}", *variables, database,
    ]
    output = checked(command)
    rate = re.search(r"^tps = (\S+) \(without initial", output, re.MULTILINE)
    if not rate:
        raise SystemExit(f"pgbench got nowhere:\n{output}")
    return Round(float(rate.group(1)), 0)
