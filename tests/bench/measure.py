"""Measures everything side by side and writes what came of it. `run` starts it."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import load
import report
import shop
import statements
from servers import PROGRAM, TARGET, Mongodb, OrderDesk, Peer, Postgres, Server, checked

ROUNDS = 3
STARTS = 5
ALTERNATIVES = 16
"""How many different rows the clients of pgbench ask for."""

FILTERED = "status=Pending&ordering=-quantity&limit=20"


@dataclass
class Operation:
    """Something that is measured, as a request to each service; a body follows the path."""

    name: str
    title: str
    requests: list
    peer: list
    made: bool = False
    figures: dict = field(default_factory=dict)
    """Rounds by who was measured."""


class Bench:
    def __init__(self, arguments, directory):
        self.directory = directory
        self.seconds = int(os.environ.get("BENCH_SECONDS", "6"))
        self.stores = os.environ.get("BENCH_STORES", "sqlite,postgres,mongodb").split(",")
        self.memory, self.starts = {}, {}
        self.postgres = Postgres(directory)
        print("Filling the stores", file=sys.stderr)
        sqlite = f"sqlite:{directory / 'orderdesk.db'}"
        first = OrderDesk(directory, "sqlite", sqlite)
        self.token = first.token()
        shop.fill(shop.Client(first.address, self.token))
        first.stop()
        self.desks = {}
        for store in self.stores:
            self.desks[store] = self.open(store, sqlite)
        self.postgres.run("orderdesk", "VACUUM ANALYZE")
        self.large = self.open_large(sqlite) if arguments.large else None
        self.client = shop.Client(next(iter(self.desks.values())).address, self.token)
        self.orders, self.customers, self.items = (
            shop.ids(self.client, plural, 1_000) for plural in ("orders", "customers", "items")
        )
        self.peer = Peer(arguments.peer, directory, self.postgres) if arguments.peer else None

    def open(self, store, source):
        """The program on a store that holds what the first one does."""
        if store == "sqlite":
            return OrderDesk(self.directory, store, source)
        url = (self.postgres if store == "postgres" else Mongodb(self.directory)).url()
        self.transfer(source, url)
        return OrderDesk(self.directory, store, url)

    def open_large(self, source):
        """The program on a PostgreSQL database with a million orders, of which the newest are those that all have."""
        print("Filling another one with a million orders", file=sys.stderr)
        url = self.postgres.url(database="large")
        self.transfer(source, url)
        self.postgres.run("large", Path(__file__).with_name("million.sql").read_text())
        return OrderDesk(self.directory, "large", url)

    def transfer(self, source, target):
        checked([PROGRAM, "transfer", "--from", source, "--to", target], cwd=self.directory)

    def operations(self):
        """What is measured, those that write last: what they write is not to be in the lists that are read."""
        draw = shop.draw
        peer = {"orders": [], "customers": []}
        if self.peer:
            client = shop.Client(self.peer.address, self.peer.token)
            for plural, found in peer.items():
                found += [row["id"] for row in client.get(f"/api/v1/{plural}/?limit=1000")["results"]]
        gets = lambda orders: [f"GET /api/v1/orders/{order}/" for order in orders]
        customer = [f"POST /api/v1/customers/ {body(shop.customer('CODE', 12345678))}"]
        places = [shop.order(draw.choice(self.customers), draw.choice(self.items)) for _ in range(1_000)]
        peer_places = [
            {"customer": customer, "item": f"Item {draw.randrange(500)}", "quantity": draw.randint(1, 1000),
             "price_per_unit": "149.90"}
            for customer in peer["customers"]
        ]
        return [
            Operation("get", "order by id", gets(self.orders), gets(peer["orders"])),
            Operation("list", "20 orders, `count=false`", ["GET /api/v1/orders/?count=false"], ["GET /api/v1/orders/"]),
            Operation("counted", "20 orders with their count", ["GET /api/v1/orders/"], ["GET /api/v1/orders/"]),
            Operation("filtered", "20 orders filtered and ordered, `count=false`",
                      [f"GET /api/v1/orders/?{FILTERED}&count=false"], [f"GET /api/v1/orders/?{FILTERED}"]),
            Operation("customer", "create a customer", customer, customer, made=True),
            Operation("order", "place an order", [f"POST /api/v1/orders/ {body(place)}" for place in places],
                      [f"POST /api/v1/orders/ {body(place)}" for place in peer_places], made=True),
        ]

    def script(self, operation):
        """What the program sends to PostgreSQL for a request, for pgbench to send."""
        url = self.postgres.url("&options=-c%20log_statement%3Dall")
        desk = OrderDesk(self.directory, "statements", url, ORDERDESK_STORE_CONNECTIONS="1")
        client = shop.Client(desk.address, self.token)
        method, path, *rest = operation.requests[0].split(" ", 2)
        content = rest and shop.json.loads(rest[0])
        # The second time it knows who calls.
        client.call(method, path, content or None)
        begin = self.postgres.log.stat().st_size
        answer = client.call(method, path, content or None)
        with self.postgres.log.open() as log:
            log.seek(begin)
            sent = statements.sent(log.read())
        made = []
        if operation.made:
            events = client.get(f"{path}{answer['id']}/events/")["events"]
            entries = client.get(f"/api/v1/audit-entries/?object={answer['id']}")["audit_entries"]
            made = [answer["id"], *(entry["id"] for entry in events + entries)]
        desk.stop()
        alternatives = [
            {self.orders[0]: order} if operation.name == "get" else
            {content["customer"]: customer, content["item_id"]: item} if operation.name == "order" else {}
            for order, customer, item in zip(self.orders, self.customers, self.items)
        ]
        varied = ALTERNATIVES if any(alternatives) else 1
        return statements.script(self.directory, operation.name, sent, alternatives[:varied], made)

    def measure(self, operation):
        print(f"Measuring: {operation.title}", file=sys.stderr)
        subjects = {}
        for store, desk in self.desks.items():
            subjects[store] = self.caller(desk.address, self.token, operation.name, operation.requests)
        if self.large and operation.name == "list":
            subjects["large"] = self.caller(self.large.address, self.token, operation.name, operation.requests)
        # Two that make the same codes up at random meet now and then, which ends a client of pgbench.
        if "postgres" in self.desks and operation.name != "customer":
            script = self.script(operation)
            subjects["pgbench"] = lambda seconds: load.pgbench(self.postgres, "orderdesk", script, seconds)
        if self.peer:
            subjects["peer"] = self.caller(self.peer.address, self.peer.token, f"peer-{operation.name}", operation.peer)
        for number in range(ROUNDS):
            for subject, call in subjects.items():
                call(self.warm_up() if number == 0 else 1)
                operation.figures.setdefault(subject, []).append(call(self.seconds))
        for store, desk in self.desks.items():
            self.memory.setdefault(store, {})[operation.name] = desk.memory()

    def caller(self, address, token, name, requests):
        file = self.directory / f"{name}.requests"
        file.write_text("".join(f"{request}\n" for request in requests))
        return lambda seconds: load.http(address, token, file, seconds)

    def warm_up(self):
        return max(1, self.seconds // 2)

    def start_times(self):
        path = f"/api/v1/orders/{self.orders[0]}/"
        for store, desk in self.desks.items():
            self.starts[store] = median(desk.start_again(self.token, path) for _ in range(STARTS))

    def run(self):
        operations = self.operations()
        self.start_times()
        for operation in operations:
            self.measure(operation)
        text = report.write(self, operations)
        (TARGET / "bench.md").write_text(text)
        print(text)


def body(fields):
    return shop.json.dumps(fields, separators=(",", ":"))


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run")
    parser.add_argument("--large", action="store_true", help="a list of a million orders as well")
    parser.add_argument("peer", nargs="?", help="the directory of a service to compare with")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
    parent = os.environ.get("BENCH_DIRECTORY", "/var/tmp")
    directory = Path(tempfile.mkdtemp(prefix="orderdesk-bench-", dir=parent))
    try:
        directory.chmod(0o755)
        begin = time.monotonic()
        Bench(arguments, directory).run()
        print(f"Measured in {time.monotonic() - begin:.0f} seconds.", file=sys.stderr)
    finally:
        Server.stop_all()
        shutil.rmtree(directory)


main()
