"""Tasks as a customer sees and answers them (contract 15)."""
import pathlib

from support.orders import new_order
from support.records import bundle, write_record

PATH = "/api/v1/tasks"
TWIN_BORN = "1971-05-04"


def write_twin(records: pathlib.Path) -> str:
    """Records for --sandbox-records of a twin of Jane's: a program cannot tell them from hers."""
    write_record(records, "Twin Clinic", bundle("Jill", "Twin", TWIN_BORN, "Gout"))
    return str(records)


def network_order(last_name: str = "Doe", **changes) -> dict:
    return new_order(last_name, **{"orderType": "ehr-only", "clientUserEmail": None, **changes})


def twin_order() -> dict:
    """Leads to an identity review on a server that has the twin's record."""
    return network_order("Twin", dateOfBirth=TWIN_BORN)


def tasks(customer, **query) -> list[dict]:
    answer = customer.get(PATH, params=query)
    assert answer.status_code == 200
    return answer.json()["tasks"]


def only_task(customer, order: dict, state: str = "open") -> dict:
    (task,) = tasks(customer, clientUserId=order["clientUserId"], state=state)
    return task


def pend(customer, order: dict) -> dict:
    """Places an order that waits for one task; the task."""
    customer.place(order)
    customer.listener.wait_for_summary(order["clientUserId"], "pended")
    return only_task(customer, order)


def resolve(customer, task: dict, body, **arguments):
    return customer.post(f"{PATH}/{task['taskId']}/resolve", body, **arguments)


def resolved(customer, task: dict, body) -> dict:
    """The task after an answer that must be taken."""
    answer = resolve(customer, task, body)
    assert answer.status_code == 202, answer.status_code
    assert customer.get(f"{PATH}/{task['taskId']}").json() == answer.json()
    return answer.json()
