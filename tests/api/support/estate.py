"""Everything that one application can own, made when it is asked for."""
import functools
import uuid

from support.listener import Listener
from support.orders import new_order, quiet_order

FIRST_NAME = "Quillonia"
LAST_NAME = "Zyxwvatski"
EMAIL = "quillonia.z@private.example.com"
SUBSCRIBER = "the.agent@private.example.com"
DESCRIPTION = "Bramblethorn endpoint"


def policy_number() -> str:
    """Part of no other one."""
    return f"policy-{uuid.uuid4()}"


def network_order(last_name: str = LAST_NAME) -> dict:
    return new_order(last_name, orderType="ehr-only", firstName=FIRST_NAME, clientUserEmail=EMAIL,
                     clientUserId=policy_number())


class Estate:
    """The ids of an application's things by kind; each is made at its first use."""

    def __init__(self, customer) -> None:
        self.customer = customer
        self.listener = Listener()

    def __getitem__(self, kind: str) -> str:
        return getattr(self, kind)

    def close(self) -> None:
        self.listener.close()

    def said(self) -> list[str]:
        """What nobody else may ever read: all ids that were made so far, names and addresses."""
        made = [value for name, value in vars(self).items() if isinstance(value, str)]
        return [*made, self.customer.client_id, FIRST_NAME, LAST_NAME, EMAIL, SUBSCRIBER, DESCRIPTION]

    # An order that is over, with reports.
    @functools.cached_property
    def _completed(self) -> dict:
        return self.customer.complete(network_order())

    @functools.cached_property
    def human(self) -> str:
        return self._completed["humanId"]

    @functools.cached_property
    def policy(self) -> str:
        return self._completed["clientUserId"]

    @functools.cached_property
    def order(self) -> str:
        return self._completed["orderId"]

    @functools.cached_property
    def event(self) -> str:
        return self._completed["eventId"]

    @functools.cached_property
    def report(self) -> str:
        return next(report["id"] for report in self._completed["eventPayload"]["reports"]
                    if report["fileExtension"] == "json")

    # Orders that wait for somebody: one for each thing that ends them.
    def _waiting(self) -> dict:
        return self.customer.place(quiet_order(firstName=FIRST_NAME, lastName=LAST_NAME, clientUserEmail=EMAIL,
                                               clientUserId=policy_number()))

    @functools.cached_property
    def open_human(self) -> str:
        return self._waiting()["humanId"]

    @functools.cached_property
    def open_policy(self) -> str:
        return self._waiting()["clientUserId"]

    @functools.cached_property
    def task(self) -> str:
        """A provider wants its own form signed."""
        order = network_order("Pended")
        self.customer.place(order)
        self.customer.listener.wait_for_summary(order["clientUserId"], "pended")
        found = self._get("/api/v1/tasks", clientUserId=order["clientUserId"])["tasks"]
        return found[0]["taskId"]

    # Who listens.
    def _subscribe(self, email: str) -> str:
        return self._post("/api/v1/subscriptions", {"clientUserId": self.policy, "subscriberEmail": email,
                                                    "role": "producer"}, 201)[0]["id"]

    @functools.cached_property
    def subscription(self) -> str:
        return self._subscribe(SUBSCRIBER)

    @functools.cached_property
    def doomed_subscription(self) -> str:
        return self._subscribe("doomed." + SUBSCRIBER)

    def add_webhook(self) -> dict:
        """An endpoint that asks for test events alone; with its secret."""
        return self._post("/api/v1/webhooks", {"url": self.listener.url, "description": DESCRIPTION,
                                               "events": ["webhook.test"]}, 201)

    @functools.cached_property
    def webhook(self) -> str:
        return self.add_webhook()["id"]

    @functools.cached_property
    def doomed_webhook(self) -> str:
        return self.add_webhook()["id"]

    def _post(self, path: str, body: dict, status: int):
        answer = self.customer.post(path, body)
        assert answer.status_code == status, f"POST {path}: {answer.status_code}"
        return answer.json()

    def _get(self, path: str, **query):
        answer = self.customer.get(path, params=query)
        assert answer.status_code == 200, f"GET {path}: {answer.status_code}"
        return answer.json()
