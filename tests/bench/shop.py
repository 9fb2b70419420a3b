"""The data that is measured on: 10,000 orders, by 1,000 customers, of 500 items; and the requests about it."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import local

CUSTOMERS, ITEMS, ORDERS = 1_000, 500, 10_000
CALLERS = 16
draw = random.Random(20261121)


class Client:
    """The API, as one who calls it."""

    def __init__(self, address, token):
        self.address = address
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.connections = local()

    def call(self, method, path, body=None):
        if not hasattr(self.connections, "one"):
            self.connections.one = HTTPConnection(self.address, timeout=60)
        connection = self.connections.one
        connection.request(method, path, body and json.dumps(body), self.headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {content[:500]}")
        return json.loads(content)

    def get(self, path):
        return self.call("GET", path)

    def post_all(self, path, bodies):
        with ThreadPoolExecutor(CALLERS) as callers:
            return list(callers.map(lambda body: self.call("POST", path, body), bodies))


def customer(code, number):
    return {"code": code, "first_name": f"First{number}", "second_name": f"Second{number}", "phone": f"+2547{number:08d}"}


def order(customer, item):
    return {"customer": customer, "item_id": item, "quantity": draw.randint(1, 1_000)}


def fill(client):
    """Fills an empty store through the API. Of the orders 60 % stay pending, like most that one looks at."""
    customers = [customer(f"C{number:04d}", number) for number in range(CUSTOMERS)]
    customers = [made["id"] for made in client.post_all("/api/v1/customers/", customers)]
    items = [{"name": f"Item {number}", "price_per_unit": f"{100 + number}.50"} for number in range(ITEMS)]
    items = [made["id"] for made in client.post_all("/api/v1/items/", items)]
    bodies = [order(draw.choice(customers), draw.choice(items)) for _ in range(ORDERS)]
    orders = client.post_all("/api/v1/orders/", bodies)
    over = [made | {"status": draw.choice(["Closed", "Cancelled"])} for made in orders if draw.random() < 0.4]
    for start in range(0, len(over), 500):
        client.call("PUT", "/api/v1/orders/", {"orders": over[start:start + 500]})


def ids(client, plural, number):
    """Ids from all over a list."""
    found, path = [], f"/api/v1/{plural}/?count=false&limit=100&fields=id"
    cursor = ""
    while cursor is not None:
        page = client.get(path + cursor)
        found += [row["id"] for row in page[plural]]
        following = page["pagination"]["next_cursor"]
        cursor = following and f"&cursor={following}"
    return draw.sample(found, min(number, len(found)))
