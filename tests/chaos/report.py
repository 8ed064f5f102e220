"""Writes docs/reliability.md."""
import datetime
import os
import pathlib
import platform
from dataclasses import dataclass, field

from audit import LIMIT_S, Verdict
from scenario import Play


@dataclass
class Result:
    name: str
    done: str
    proves: str
    seed: int
    verdict: Verdict = field(default_factory=Verdict)
    figures: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    skipped: str = ""
    seconds: float = 0.0

    def take(self, verdict: Verdict, play: Play) -> None:
        self.verdict = verdict
        self.figures = play.figures
        self.broken += play.broken + verdict.wrong
        if verdict.acknowledged < verdict.placed:
            self.broken.append(f"{verdict.placed - verdict.acknowledged} orders were never acknowledged")
        if verdict.recovered < verdict.acknowledged:
            self.broken.append(f"{verdict.acknowledged - verdict.recovered} acknowledged orders are not told to their end")


def _rerun(verdict: Verdict) -> str:
    p99 = verdict.rerun(0.99)
    return "–" if p99 is None else f"{p99:.1f} s"


def line_of(result: Result) -> str:
    if result.skipped:
        return f"SKIP   {result.name:18} {result.skipped}"
    verdict = result.verdict
    word = "BROKEN" if result.broken else "kept"
    line = (f"{word:6} {result.name:18} orders {verdict.acknowledged:6}  recovery {verdict.recovery:6.2f} %  re-run p99 "
            f"{_rerun(verdict):>7} ({len(verdict.reruns)}, {verdict.reruns_within_limit:.0f} % in {LIMIT_S:.0f} s)  lost "
            f"{verdict.lost}  doubles {verdict.doubles}  {result.seconds:5.0f} s  {'; '.join(result.figures)}")
    return "\n  ! ".join([line, *result.broken])


def write_report(path: pathlib.Path, results: list[Result], arguments) -> None:
    raise NotImplementedError
