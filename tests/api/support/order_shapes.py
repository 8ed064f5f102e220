"""Random orders that are valid, and what the API must then say of them. Everything comes from one seed."""
import datetime
import itertools
import random

from support.shapes import ORDER_TYPES, WITHOUT_EMAIL

LONGEST_TEXT = 1000
LONGEST_ID = 256
CLIENT_DATA_CHARACTERS = 2048

ALPHABETS = ["abcdefghijklmnopqrstuvwxyz", "ABC xyz.,'-", "àéîõüßñçøåæœ", "ΑΒΓδεζ", "ЖИЙкл", "李王張劉陳", "עבגד", "ابتث",
             "한국어", "🙂🏥👩‍⚕️", "<>&\"'\\/{}[]", "0123456789", "a\u0301e\u0308o\u0302", "\t\n\r ~",
             "\u200d\ufeff\u2028\U0010ffff"]
OPTIONAL = ["orderType", "clientUserEmail", "firstName", "middleName", "lastName", "gender", "dateOfBirth",
            "suggestedSources", "ssn", "phone", "address", "conditions", "providers", "attachments", "clientData",
            "autoInvite"]


def text(chance: random.Random, most: int = LONGEST_TEXT) -> str:
    """Never blank; now and then as long as can be."""
    alphabet = chance.choice(ALPHABETS)
    length = chance.choice([1, 2, chance.randint(1, 40), chance.randint(1, 40), most])
    return ("x" + "".join(chance.choices(alphabet, k=max(length - 1, 0))))[:most]


def email(chance: random.Random) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    marks = "!#$%&'*+-/=?^_`{|}~ü"
    local = ".".join("".join(chance.choices(letters + marks, k=chance.randint(1, 12))) for _ in range(2))
    labels = ["".join(chance.choices(letters, k=chance.randint(1, 20))) for _ in range(chance.randint(1, 3))]
    return f"{local}@{'.'.join(labels)}.{chance.choice(['com', 'example', 'xn--p1ai', 'ö'])}"


def birth(chance: random.Random) -> tuple[str, str]:
    """A date of birth as somebody may write it, and as it is answered."""
    day = datetime.date(1930, 1, 1) + datetime.timedelta(days=chance.randrange(28_000))
    clock = f"{chance.randrange(24):02}:{chance.randrange(60):02}"
    zone = chance.choice(["", "Z", "+05:30", "-08:00"])
    short = f"{day.month}/{day.day}/{day.year % 100:02}"
    written = chance.choice([
        day.isoformat(), f"{day.month}/{day.day}/{day.year}", f"{day.month:02}/{day.day:02}/{day.year}",
        short if day.year >= 1930 and day.year % 100 > 30 else day.isoformat(), f"{day}T{clock}{zone}",
        f"{day}T{clock}:{chance.randrange(60):02}{zone}", f"{day}T{clock}:59.{chance.randrange(1000):03}{zone}"])
    return written, f"{day}T00:00:00.000Z"


def ssn(chance: random.Random) -> str:
    area = chance.choice([1, 665, 667, 899, 900, 999, chance.randint(1, 665)])
    plain = f"{area:03}{chance.randint(1, 99):02}{chance.randint(1, 9999):04}"
    return chance.choice([plain, f"{plain[:3]}-{plain[3:5]}-{plain[5:]}", "000-00-0000"])


def phone(chance: random.Random) -> str:
    def between() -> str:
        return "".join(chance.choices("()- .", k=chance.randint(0, 2)))

    return "".join(between() + chance.choice("0123456789") for _ in range(10)) + between()


def some(chance: random.Random, members: dict) -> dict:
    """Any subset of the members, each made when it is taken."""
    return {name: make() for name, make in members.items() if chance.random() < 0.6}


def address(chance: random.Random) -> dict:
    zip_code = chance.choice([f"{chance.randrange(100_000):05}", "83712-1234", chance.randrange(100_000)])
    return some(chance, {**{name: lambda: text(chance) for name in ("street1", "street2", "city")},
                         "state": lambda: chance.choice(["ID", "WA", "NV"]), "zip": lambda: zip_code})


def provider(chance: random.Random) -> dict:
    made = some(chance, {"name": lambda: text(chance), "organizationName": lambda: text(chance),
                         "address": lambda: address(chance), "clientProviderId": lambda: text(chance, LONGEST_ID),
                         "npi": lambda: chance.choice(["", "1234567893", 1234567893, text(chance)]),
                         "phone": lambda: phone(chance), "fax": lambda: phone(chance),
                         "mrn": lambda: text(chance, LONGEST_ID)})
    if "name" not in made and "organizationName" not in made:
        made[chance.choice(["name", "organizationName"])] = text(chance)
    return made


def attachment(chance: random.Random) -> dict:
    return {"type": chance.choice(["hipaaAuthorization", "other"]),
            "contentType": chance.choice(["application/pdf", "image/tiff"]), "encoding": "base64",
            "content": chance.choice(["", "JVBERi0xLjQK", "iVBORw0KGgo...", "AAAA" * chance.randint(1, 500), "QUI"])}


def client_data(chance: random.Random) -> dict:
    """Flat, and short enough however it is escaped."""
    def value():
        return chance.choice([text(chance, 100), chance.randint(-2**53, 2**53), chance.random() < 0.5,
                              chance.randint(-1000, 1000) / 8])

    return {f"{text(chance, 20)}{number}": value() for number in range(chance.randint(0, 6))}


MAKERS = {
    "orderType": lambda chance: chance.choice(ORDER_TYPES), "clientUserEmail": email, "firstName": text,
    "middleName": text, "lastName": text, "gender": lambda chance: chance.choice(["male", "female", "other"]),
    "dateOfBirth": lambda chance: birth(chance)[0],
    "suggestedSources": lambda chance: [text(chance) for _ in range(chance.randint(0, 4))], "ssn": ssn, "phone": phone,
    "address": address, "conditions": lambda chance: [text(chance) for _ in range(chance.randint(0, 4))],
    "providers": lambda chance: [provider(chance) for _ in range(chance.randint(0, 3))],
    "attachments": lambda chance: [attachment(chance) for _ in range(chance.randint(0, 3))],
    "clientData": client_data, "autoInvite": lambda chance: chance.random() < 0.5,
}


class Sent:
    """An order and what must come back of it."""

    def __init__(self, chance: random.Random, client_user_id: str, given: set[str]) -> None:
        self.order: dict = {"clientUserId": client_user_id}
        for name in chance.sample(OPTIONAL, len(OPTIONAL)):
            if name in given:
                self.order[name] = MAKERS[name](chance)
        if "dateOfBirth" in given:
            self.order["dateOfBirth"], self.birth = birth(chance)
        if "clientUserEmail" not in given and self.order.get("orderType") not in WITHOUT_EMAIL:
            self.order["orderType"] = chance.choice(WITHOUT_EMAIL)
        self.order_type = self.order.get("orderType", "healthcheck")

    def user(self) -> dict:
        """The members of the user that repeat the order, in normal form."""
        told = {name: self.order[name] for name in ("firstName", "lastName", "clientUserEmail") if name in self.order}
        if "dateOfBirth" in self.order:
            told["dateOfBirth"] = self.birth
        return {**told, "clientUserId": self.order["clientUserId"],
                "suggestedSources": self.order.get("suggestedSources", [])}


def pairs() -> list[set[str]]:
    """Every two optional members: together with nothing else, and each without the other in full company."""
    together = [set(two) for two in itertools.combinations(OPTIONAL, 2)]
    return together + [set(OPTIONAL) - two for two in together]
