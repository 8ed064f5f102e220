"""What a scenario is: a name, words for the report, and a function that plays it."""
from dataclasses import dataclass, field
from typing import Callable

from house import House


class Skipped(Exception):
    """It cannot be played here; says why."""


@dataclass
class Play:
    """What the scenario itself saw, beside the audit."""

    figures: list[str] = field(default_factory=list)  # for the report
    broken: list[str] = field(default_factory=list)   # promises that were not kept
    settle_limit_s: float = 0.0

    def saw(self, text: str) -> None:
        self.figures.append(text)

    def promise(self, kept: bool, otherwise: str) -> None:
        if not kept:
            self.broken.append(otherwise)


@dataclass
class Scenario:
    name: str
    done: str   # what is done to whom
    proves: str
    play: Callable[[House, Play], None]
    settings: tuple[str, ...] = ()  # of the PostgreSQL server
    in_ci: bool = False
    make_place: Callable | None = None  # a context manager: where the server stores
    with_cable: Callable | None = None  # a context manager: a network that can be cut


SCENARIOS: dict[str, Scenario] = {}


def scenario(name: str, done: str, proves: str, **more):
    def register(play: Callable[[House, Play], None]) -> Callable[[House, Play], None]:
        SCENARIOS[name] = Scenario(name, done, proves, play, **more)
        return play
    return register


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
