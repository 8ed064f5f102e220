"""The people behind charts, and the words that give one of them away."""
import re
from dataclasses import dataclass

from support.charts import Chart
from support.orders import AUTHORIZATION

WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9'-]{3,}")
# Ids of resources and documents: they tell of whom a fact is even where no name stands.
IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[a-z0-9]*[0-9])(?=[a-z0-9]*[a-z])[a-z0-9]{9,}")
DATE_LIKE = re.compile(r"[\d'-]+(t\d*)?")
# A family name of the test data that is the name of a FHIR profile as well.
ALSO_ORDINARY = {"uscore"}


@dataclass
class Person:
    """All charts of one human being."""

    charts: list[Chart]

    @property
    def main(self) -> Chart:
        """The chart that tells most of who it is."""
        return max(self.charts, key=lambda chart: (bool(chart.address), bool(chart.sex), bool(chart.names)))

    @property
    def client_user_id(self) -> str:
        return re.sub(r"[^A-Za-z0-9]+", "-", self.main.file)

    def can_be_ordered(self) -> bool:
        given, family = (self.main.names or [("", "")])[0]
        return bool(given and family and self.main.birth and self.main.sex and self.main.address)

    def order(self) -> dict:
        """By name, birth date, sex and address, as the file says."""
        given, family = self.main.names[0]
        return {"orderType": "ehr-only", "clientUserId": self.client_user_id, "firstName": given, "lastName": family,
                "dateOfBirth": self.main.birth, "gender": self.main.sex, "address": self.main.address,
                "attachments": [AUTHORIZATION]}

    def stranger_order(self) -> dict:
        """Somebody else who was born on the same day."""
        return {**self.order(), "clientUserId": "stranger-" + self.client_user_id, "firstName": "Ottoline",
                "lastName": "Quackenbush", "gender": "male" if self.main.sex == "female" else "female",
                "address": {"street1": "77 Nowhere Parade", "city": "Honolulu", "state": "HI", "zip": "96813"}}


def people_of(charts: list[Chart]) -> list[Person]:
    people: list[Person] = []
    for chart in charts:
        for person in people:
            if any(chart.is_same_person(other) for other in person.charts):
                person.charts.append(chart)
                break
        else:
            people.append(Person([chart]))
    return people


def words(text: str) -> set[str]:
    return {word.lower() for word in WORD.findall(text)}


def _telling_words(person: Person) -> set[str]:
    """Names, address, identifiers of the person, and the ids of everything that is told of them."""
    said: list[str] = []
    for chart in person.charts:
        said += [part for name in chart.names for part in name]
        said += [chart.address.get("street1", ""), chart.address.get("city", ""), *chart.identifiers]
    telling = words(" ".join(said))
    for chart in person.charts:
        for text in chart.texts:
            telling |= {word for word in words(text) if IDENTIFIER.fullmatch(word)}
    return {word for word in telling if not DATE_LIKE.fullmatch(word)} - ALSO_ORDINARY


def distinctive_words(people: list[Person], nobody: list[str]) -> list[set[str]]:
    """For each person the telling words that occur in no text about anybody else."""
    spoken = [set().union(*(words(text) for chart in person.charts for text in chart.texts)) for person in people]
    seen_in: dict[str, int] = {}
    for vocabulary in spoken:
        for word in vocabulary:
            seen_in[word] = seen_in.get(word, 0) + 1
    general = set().union(*(words(text) for text in nobody)) if nobody else set()
    return [{word for word in _telling_words(person) if seen_in.get(word, 1) == 1 and word not in general}
            for person in people]
