"""Records for --sandbox-records: small FHIR Bundles of people that a test makes up."""
import json
import pathlib

ADDRESS = {"street1": "12 Hill Street", "city": "Boise", "state": "ID", "zip": "83712"}


def bundle(first: str, last: str, birth: str, condition: str) -> dict:
    """A woman at ADDRESS with one condition."""
    patient = {"resourceType": "Patient", "id": "p1", "name": [{"family": last, "given": [first]}],
               "birthDate": birth, "gender": "female",
               "address": [{"line": [ADDRESS["street1"]], "city": ADDRESS["city"], "state": ADDRESS["state"],
                            "postalCode": ADDRESS["zip"]}]}
    finding = {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"},
               "code": {"text": condition}, "clinicalStatus": {"coding": [{"code": "active"}]},
               "onsetDateTime": "2020-05-01"}
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": patient}, {"resource": finding}]}


def write_record(folder: pathlib.Path, provider: str, record: dict) -> None:
    """Puts a record into a folder of its own: the folder's name is the provider's."""
    place = folder / provider
    place.mkdir(parents=True, exist_ok=True)
    (place / "bundle.json").write_text(json.dumps(record))
