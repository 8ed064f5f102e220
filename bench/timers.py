"""A million open orders that wait: timers.py PROGRAM CHARTROOM FOLDER [--smoke] [--database [URL]]

On the embedded store in FOLDER; with --database on PostgreSQL. In the end a server is started on the
full store: from exec to ready, with its check of the whole file, and its memory.
"""
import argparse
import pathlib
import subprocess
import sys

import postgres
from server import Server


def start(program: str, folder: pathlib.Path, *where: str) -> None:
    server = Server(program, folder, *where)
    # The key that the program sealed with: house.hpp.
    server.key.write_text(b"b".hex() * 32 + "\n")
    try:
        first = server.start()
        server.stop()
        again = server.start()
        memory = server.memory_mib()
    finally:
        server.stop()
    print(f"a server on it: ready after {first:.2f} s, once more after {again:.2f} s; RSS {memory['rss']:.0f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("chartroom")
    parser.add_argument("folder")
    parser.add_argument("url", nargs="?")
    parser.add_argument("--database", action="store_true")
    parser.add_argument("--smoke", action="store_true", help="only whether it works")
    parser.add_argument("--orders", type=int, default=1_000_000)
    given = parser.parse_args()
    orders, seconds = (1_200, 0.1) if given.smoke else (given.orders, 5)
    folder = pathlib.Path(given.folder).resolve()
    names = ("none", "few", "many")
    if not given.database:
        places = [str(folder / name) for name in names]
        subprocess.run([given.program, str(orders), str(seconds), *places], check=True)
        start(given.chartroom, folder / "server", "--data", places[-1])
        size = sum(file.stat().st_size for file in (folder / "many").iterdir()) / 2**30
        print(f"files: {size:.2f} GiB")
        return
    with (postgres.server(given.url, given.folder) as url, postgres.database(url, "chartroom_none") as none,
          postgres.database(url, "chartroom_few") as few, postgres.database(url, "chartroom_many") as many):
        subprocess.run([given.program, str(orders), str(seconds), none, few, many], check=True)
        start(given.chartroom, folder / "server", "--database", many)


if __name__ == "__main__":
    sys.exit(main())
