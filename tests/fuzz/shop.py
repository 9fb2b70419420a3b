"""Keeps the shop that is being fuzzed in stock, and lets generated requests name what is in it.

Hardly any generated id is that of an object, and now and then a generated DELETE empties a collection: without this
module the fuzzer would seldom get beyond "not found". Schemathesis loads it as its hooks.
"""

import os
from random import Random
from uuid import UUID

import requests
import schemathesis

STOCK = 20
"""How many objects of a kind are there for requests to name."""

API = os.environ["FUZZ_URL"] + "/api/v1/"

LISTS = {
    "customers": ("customers/", "customers"),
    "items": ("items/", "items"),
    "orders": ("orders/", "orders"),
    "notifications": ("notifications/", "notifications"),
    "message-templates": ("message-templates/", "message_templates"),
    "organizations": ("organizations/", "organizations"),
    "memberships": ("organizations/{home}/members/", "members"),
    "api-tokens": ("api-tokens/", "api_tokens"),
}
"""Where objects of a kind are listed and created, and under which key, by the word in the path of one of them."""

EVENTS = ("order.placed", "order.closed", "order.cancelled")
"""What there is a template for, one in each organization at the most."""

random = Random(20261121)


class Shop:
    """The ids of objects that exist, by the word in their paths."""

    def __init__(self):
        self.session = requests.Session()
        self.session.headers["Authorization"] = "Bearer " + os.environ["FUZZ_TOKEN"]
        self.ids = {}
        self.created = 0
        self.home = self.rows("organizations")[0]["id"]
        # The fuzzer lives on them: they are never named to be deleted.
        self.own = {row["id"] for word in ("organizations", "memberships", "api-tokens") for row in self.rows(word)}

    def rows(self, word, **filters):
        path, key = LISTS[word]
        path = path.format(home=getattr(self, "home", ""))
        parameters = {"fields": "id", "limit": 2 * STOCK, "count": "false", **filters}
        page = self.session.get(API + path, params=parameters)
        page.raise_for_status()
        return page.json()[key]

    def some(self, word, number=1):
        """Ids of as many different objects; no more than are kept in stock."""
        if word not in self.ids:
            self.ids[word] = self.restock(word)
        return random.sample(self.ids[word], min(number, len(self.ids[word])))

    def restock(self, word):
        ids = [row["id"] for row in self.rows(word) if row["id"] not in self.own][:STOCK]
        if word == "message-templates":
            missing = [event for event in EVENTS if not self.rows(word, organization=self.home, event=event)]
            return ids + [self.create(word, event=event) for event in missing]
        return ids + [self.create(word) for _ in range(STOCK - len(ids))]

    def create(self, word, **fields):
        self.created += 1
        if word == "notifications":
            # Whoever orders is told.
            return self.rows(word, order=self.create("orders"))[0]["id"]
        home = {"organization": self.home}
        body = {
            "customers": lambda: home | {
                "first_name": "Wanjiku", "second_name": "Kamau", "phone": "+254712345678"
            },
            "items": lambda: home | {"name": f"In stock {self.created}", "price_per_unit": "149.90"},
            "orders": lambda: home | {
                "customer": self.some("customers")[0], "item": "Bread", "price_per_unit": "65", "quantity": 3
            },
            "organizations": lambda: {"name": f"Branch {self.created}"},
            "memberships": lambda: {"email": f"guest{self.created}@people.example", "role": "viewer"},
            "api-tokens": lambda: {"name": f"Till {self.created}"},
            "message-templates": lambda: home | {"text": "{{ first_name }}: {{ item }}"} | fields,
        }[word]()
        answer = self.session.post(API + LISTS[word][0].format(home=self.home), json=body)
        answer.raise_for_status()
        return answer.json()["id"]


shop = Shop()


def is_id(value):
    try:
        return isinstance(value, str) and str(UUID(value)) == value.lower()
    except ValueError:
        return False


def is_reference(value):
    return is_id(value) or (isinstance(value, dict) and is_id(value.get("id")))


def usually():
    """Not always: what does not exist is to be asked for as well."""
    return random.random() < 0.8


def name_what_exists(body, plural, changes, creates=False):
    """Puts ids that exist in the place of generated ones. What is no id, to see it refused, stays."""
    for field, other in (("customer", "customers"), ("item_id", "items"), ("order", "orders")):
        if is_reference(body.get(field)) and usually():
            body[field] = shop.some(other)[0]
    # Any other value than the present one is refused, and the present one says nothing.
    fixed = ["organization", *(["customer", "customer_code"] if plural == "orders" else [])] if changes else []
    for field in fixed:
        if is_reference(body.get(field)) and usually():
            del body[field]
    # There are several, so that one has to be named.
    if creates and plural in ("customers", "items", "orders", "message-templates") and usually():
        body["organization"] = shop.home


@schemathesis.hook
def before_call(context, case, kwargs):
    plural = case.operation.path.split("/")[3]
    # Lists show them as well, and what answers show is asked for again.
    if case.method == "DELETE" and case.path_parameters.get("id") in shop.own:
        case.path_parameters["id"] = shop.some(plural)[0]
    # There, requests follow from one another, and so do their ids.
    if case.meta is None or case.meta.phase.name == "stateful":
        return
    if "secret" in case.path_parameters and usually():
        case.path_parameters.update(gateway="africas-talking", secret=os.environ["FUZZ_CALLBACK_SECRET"])
    if plural in LISTS and is_id(case.path_parameters.get("id")) and usually():
        case.path_parameters["id"] = shop.some(plural)[0]
    if not isinstance(case.body, dict) or plural not in LISTS:
        return
    rows = case.body.get(plural)
    if not isinstance(rows, list):
        creates = case.method == "POST" and case.operation.path.endswith(f"/{plural}/")
        return name_what_exists(case.body, plural, changes=case.method != "POST", creates=creates)
    rows = [row for row in rows if isinstance(row, dict)]
    for row, id in zip(rows, shop.some(plural, len(rows))):
        if is_id(row.get("id")) and usually():
            row["id"] = id
        name_what_exists(row, plural, changes=True)


@schemathesis.hook
def after_call(context, case, response):
    if case.method == "DELETE" and response.status_code < 300:
        shop.ids.clear()
