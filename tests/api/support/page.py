"""A web page as a browser without JavaScript sees it: text, links and forms."""
import html.parser
import urllib.parse
from dataclasses import dataclass, field

import requests


@dataclass
class PageForm:
    action: str
    encoding: str
    hidden: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


class _Parser(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.links: list[str] = []
        self.forms: list[PageForm] = []

    def handle_starttag(self, tag: str, attributes) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag == "form":
            self.forms.append(PageForm(given.get("action", ""), given.get("enctype", "")))
        if not self.forms or "name" not in given:
            return
        form = self.forms[-1]
        if tag == "input" and given.get("type") == "hidden":
            form.hidden[given["name"]] = given.get("value", "")
        elif tag == "button":
            form.buttons.append((given["name"], given.get("value", "")))
        elif tag in ("input", "select", "textarea"):
            form.names.add(given["name"])

    def handle_data(self, data: str) -> None:
        self.text.append(data)


class Page:
    """One answer; `submit` sends its forms, `follow` opens its links."""

    def __init__(self, session: requests.Session, answer: requests.Response) -> None:
        self.session = session
        self.answer = answer
        self.status = answer.status_code
        parser = _Parser()
        parser.feed(answer.text)
        self.text = " ".join(" ".join(parser.text).split())
        self.links = parser.links
        self.forms = parser.forms

    def _absolute(self, where: str) -> str:
        return urllib.parse.urljoin(self.answer.url, where)

    def follow(self, part: str) -> "Page":
        """Opens the first link whose address holds `part`."""
        link = next(link for link in self.links if part in link)
        return Page(self.session, self.session.get(self._absolute(link), timeout=60))

    def form(self, part: str) -> PageForm:
        return next(form for form in self.forms if part in form.action)

    def submit(self, part: str, **fields: str) -> "Page":
        """Sends the form whose action holds `part`, hidden fields included; redirects are not followed."""
        form = self.form(part)
        unknown = set(fields) - form.names - {name for name, _ in form.buttons}
        assert not unknown, f"the form has no {unknown}"
        values = {**form.hidden, **fields}
        parts = {"files": {name: (None, value) for name, value in values.items()}}
        body = parts if form.encoding == "multipart/form-data" else {"data": values}
        answer = self.session.post(self._absolute(form.action), timeout=60, allow_redirects=False, **body)
        return Page(self.session, answer)

    def redirected(self) -> "Page":
        assert self.status in (302, 303), self.status
        return Page(self.session, self.session.get(self._absolute(self.answer.headers["location"]), timeout=60))


def open_page(url: str) -> Page:
    session = requests.Session()
    session.trust_env = False
    return Page(session, session.get(url, timeout=60, allow_redirects=False))
