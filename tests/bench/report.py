"""What was measured, as Markdown: the bars and the ratios first, then the figures, then the machine."""

import os
import platform
import re
import subprocess
import time
from datetime import datetime, timezone
from pathlib import Path
from statistics import median

from load import CONNECTIONS, THREADS
from servers import Peer

NAMES = {"postgres": "PostgreSQL", "sqlite": "SQLite", "mongodb": "MongoDB", "pgbench": "pgbench", "peer": "DRF"}


def write(bench, operations):
    figures = {operation.name: operation.figures for operation in operations}
    parts = [
        f"Measured {datetime.now(timezone.utc):%Y-%m-%d}: {CONNECTIONS} connections; the load, the program and the database "
        f"on the same {os.cpu_count()} cores; 10,000 orders to begin with; the median of "
        f"{len(next(iter(operations[0].figures.values())))} rounds of {bench.seconds} seconds, which took turns.",
        bars(bench, figures),
        "Requests a second, and how many times as many as DRF, or how much of what pgbench gets with the same statements:",
        rates(operations),
        "Milliseconds until the answer, half of them and 99 % of them:",
        latencies(operations),
        "Memory of the program (resident MB after each operation; the most ever) and time from its start to its first "
        "answer out of the store:",
        footprint(bench, operations),
        errors(operations),
        machine(bench),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def rate(figures, name, subject):
    rounds = figures.get(name, {}).get(subject)
    return rounds and median(each.rate for each in rounds)


def ratio(figures, name, subject, other):
    ours, theirs = rate(figures, name, subject), rate(figures, name, other)
    return ours / theirs if ours and theirs else None


def bars(bench, figures):
    rows = []

    def bar(title, value, shown, bound, met):
        if value is not None:
            rows.append([title, shown(value), bound, "yes" if met(value) else "**no**"])

    def times(value):
        return f"{value:.1f} times"

    for name, title, bound in [("get", "order by id", 30), ("list", "list of 20", 30), ("order", "place an order", 15)]:
        value = ratio(figures, name, "postgres", "peer")
        bar(f"{title}, PostgreSQL against DRF", value, times, f"at least {bound} times", lambda value: value >= bound)
    value = ratio(figures, "get", "postgres", "pgbench")
    bar("order by id, PostgreSQL against pgbench", value, lambda value: f"{value:.0%}", "at least 35 %",
        lambda value: value >= 0.35)
    memory = max(most for store in bench.memory.values() for _, most in store.values())
    bar("memory, the most with any store", memory, lambda value: f"{value:.0f} MB", "under 60 MB", lambda value: value < 60)
    start = max(bench.starts.values())
    bar("start to first answer, the slowest store", start, lambda value: f"{value:.0f} ms", "under 200 ms",
        lambda value: value < 200)
    value = ratio(figures, "list", "postgres", "large")
    bar("list of 20, cost at 1,000,000 orders against 10,000", value, lambda value: f"{value:.2f} times",
        "at most 1.5 times", lambda value: value <= 1.5)
    return table(["what", "measured", "bar", "met"], rows)


def rates(operations):
    figures = {operation.name: operation.figures for operation in operations}
    subjects = [subject for subject in NAMES if any(subject in each for each in figures.values())]
    stores = [subject for subject in subjects if subject not in ("pgbench", "peer")]
    compared = [(store, other) for other in ("peer", "pgbench") for store in stores if other in subjects
                and (other == "peer" or store == "postgres")]
    rows = []
    for operation in operations:
        row = [operation.title]
        for store, other in compared:
            value = ratio(figures, operation.name, store, other)
            row.append("" if value is None else f"{value:.0%}" if other == "pgbench" else f"{value:.1f}")
        for subject in subjects:
            value = rate(figures, operation.name, subject)
            row.append("" if value is None else f"{value:,.0f}")
        rows.append(row)
    head = [f"{NAMES[store]} / {NAMES[other]}" for store, other in compared] + [NAMES[subject] for subject in subjects]
    return table(["", *head], rows)


def latencies(operations):
    subjects = [subject for subject in NAMES if subject != "pgbench" and subject in operations[0].figures]
    rows = []
    for operation in operations:
        row = [operation.title]
        for subject in subjects:
            rounds = operation.figures[subject]
            p50, p99 = median(each.p50 for each in rounds), median(each.p99 for each in rounds)
            row.append(f"{p50:.1f}, {p99:.1f}")
        rows.append(row)
    return table(["", *(NAMES[subject] for subject in subjects)], rows)


def footprint(bench, operations):
    rows = []
    for store, memory in bench.memory.items():
        now = [f"{memory[operation.name][0]:.0f}" for operation in operations]
        most = max(most for _, most in memory.values())
        rows.append([NAMES[store], *now, f"{most:.0f}", f"{bench.starts[store]:.0f} ms"])
    return table(["", *(operation.title for operation in operations), "most", "start"], rows)


def errors(operations):
    told = []
    for operation in operations:
        for subject, rounds in operation.figures.items():
            if failed := sum(each.errors for each in rounds):
                told.append(f"{NAMES.get(subject, subject)}, {operation.title}: {failed:,}")
    return "Requests that did not succeed, and do not count: " + "; ".join(told) + "." if told else ""


def first_line(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[0]


def machine(bench):
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = int(re.search(r"^MemTotal:\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)[1]) / 1024**2
    place = subprocess.run(["df", "--output=fstype", bench.directory], capture_output=True, text=True).stdout.split()[-1]
    facts = [
        f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB, Linux {platform.release()}",
        f"data on {place}, {synced(bench.directory):,.0f} writes to the disk a second",
        first_line(str(bench.postgres.program("postgres")), "--version") + f" ({', '.join(bench.postgres.SETTINGS)})",
    ]
    if "mongodb" in bench.desks:
        facts.append("MongoDB " + first_line(os.environ["TEST_MONGOD"], "--version").removeprefix("db version v"))
    facts.append(first_line("rustc", "--version"))
    if bench.peer:
        facts.append(f"DRF on {Peer.WORKERS} gunicorn workers with 8 threads each; its lists always count")
    facts.append(f"wrk with {THREADS} threads, pgbench with {THREADS} threads, its statements prepared where the program's are")
    return "Machine: " + "; ".join(facts) + "."


def synced(directory, number=200):
    """How often in a second something small gets onto the disk for good."""
    with (directory / "synced").open("wb", buffering=0) as file:
        begin = time.monotonic()
        for _ in range(number):
            file.write(b"x" * 512)
            os.fdatasync(file.fileno())
        return number / (time.monotonic() - begin)
