"""Orders as a customer sends them."""
import itertools
import pathlib

# The smallest thing that counts as a signed authorisation.
AUTHORIZATION = {"type": "hipaaAuthorization", "contentType": "application/pdf", "encoding": "base64",
                 "content": "JVBERi0xLjQK"}

_numbers = itertools.count(1)


def new_order(last_name: str = "Doe", **changes) -> dict:
    """A complete healthcheck order with a clientUserId of its own; a change to None leaves the field out."""
    order = {
        "orderType": "healthcheck",
        "clientUserId": f"policy-{next(_numbers)}",
        "clientUserEmail": "applicant@example.com",
        "firstName": "Jane",
        "lastName": last_name,
        "gender": "female",
        "dateOfBirth": "1968-02-13",
        "address": {"street1": "12 Hill Street", "city": "Boise", "state": "ID", "zip": "83712"},
        "attachments": [AUTHORIZATION],
        **changes,
    }
    return {name: value for name, value in order.items() if value is not None}


# The sample of the page "Submitting Orders" with its braces completed and nothing else changed:
# the page itself masks the e-mail address (with a no-break space) and cuts the attachment short.
SAMPLE_ORDER_TEXT = (pathlib.Path(__file__).parents[3] / "api/sample-order.json").read_text(encoding="utf-8")


def quiet_order(**changes) -> dict:
    """An order that nobody is asked about: paper alone, and the form for it is missing, so it waits for a task."""
    return new_order(**{"orderType": "aps-only", "clientUserEmail": None, "attachments": None, **changes})


def provider(**changes) -> dict:
    """A provider with every field; a change to None leaves the field out."""
    whole = {"name": "Maxwell Forrest M.D.", "organizationName": "Brentwood North Family Practice",
             "address": {"street1": "6818 Eget St.", "street2": "Suite 4", "city": "Tacoma", "state": "WA",
                         "zip": "98402"},
             "clientProviderId": "our-17", "npi": "1234567893", "phone": "(425) 288-2332", "fax": "(715) 912-6931",
             "mrn": "000TB0009-3", **changes}
    return {name: value for name, value in whole.items() if value is not None}


def attachment(**changes) -> dict:
    """The authorization with changes; a change to None leaves the field out."""
    return {name: value for name, value in {**AUTHORIZATION, **changes}.items() if value is not None}
