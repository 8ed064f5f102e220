"""Writes docs/reliability.md from what the scenarios gave."""
import os
import pathlib
import string
from dataclasses import dataclass, field

from audit import LIMIT_S, Verdict
from sabotage import PLANTED
from scenario import Play

TEMPLATE = pathlib.Path(__file__).with_name("reliability.template.md")


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
    scale: str = ""
    commit: str = ""
    day: str = ""

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
    if p99 is None:
        return "–"
    return f"{p99:.1f} s ({len(verdict.reruns)}, {verdict.reruns_within_limit:.0f} %)"


def line_of(result: Result) -> str:
    if result.skipped:
        return f"SKIP   {result.name:19} {result.skipped}"
    verdict = result.verdict
    word = "BROKEN" if result.broken else "kept"
    line = (f"{word:6} {result.name:19} orders {verdict.acknowledged:5}  recovery {verdict.recovery:6.2f} %  re-run p99 "
            f"{_rerun(verdict):>19}  lost {verdict.lost}  doubles {verdict.doubles}  {result.seconds:4.0f} s  "
            f"{'; '.join(result.figures)}")
    return "\n  ! ".join([line, *result.broken])


def _row(result: Result) -> str:
    if result.skipped:
        return f"| `{result.name}` | {result.done} | skipped: {result.skipped} | | | | | {result.seed} | {result.scale} | | |"
    verdict = result.verdict
    saw = "; ".join([*result.figures, *(f"**BROKEN**: {one}" for one in result.broken)]) or "–"
    return (f"| `{result.name}` | {result.done} | {verdict.recovery:.2f} % | {_rerun(verdict)} | {verdict.lost} | "
            f"{verdict.doubles} | {verdict.repeated} | {result.seed} | {result.scale} | {verdict.acknowledged:,} | {saw} |")


def _made(results: list[Result], server: str) -> str:
    def list_of(values: set[str]) -> str:
        return ", ".join(sorted(values))

    played = [result for result in results if not result.skipped]
    orders = sum(result.verdict.acknowledged for result in results)
    told = sum(result.verdict.deliveries for result in results)
    return (f"Last run: {list_of({result.day for result in played})}, commit "
            f"{list_of({result.commit for result in played})}, {os.cpu_count()} processors, PostgreSQL {server}. "
            f"{orders:,} orders acknowledged, {told:,} deliveries, "
            f"{sum(result.verdict.lost for result in results)} lost, "
            f"{sum(result.verdict.doubles for result in results)} doubles, "
            f"{sum(bool(result.broken) for result in results)} of {len(played)} scenarios played with a broken promise, "
            f"{len(results) - len(played)} not played.")


def write_report(path: pathlib.Path, results: list[Result], server: str) -> None:
    head = ["| scenario | what is done | recovery | re-run p99 | lost | doubles | repeated | seed | scale | orders | what was seen |",
            "|---|---|---|---|---|---|---|---|---|---|---|"]
    proofs = [f"- `{result.name}`: {result.proves}." for result in results]
    text = string.Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        made=_made(results, server), limit=f"{LIMIT_S:.0f}", table="\n".join([*head, *map(_row, results)]),
        planted=len(PLANTED), proofs="\n".join(proofs))
    path.write_text(text, encoding="utf-8")
