"""A chartroom server of the benches' own: started, measured, ended."""
import http.client
import os
import pathlib
import signal
import socket
import subprocess
import time

LIMIT_S = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`where`: --data DIR or --database URL; a master key of its own in `folder`."""

    def __init__(self, program: str, folder: pathlib.Path, *where: str, sandbox: bool = True, flags: tuple[str, ...] = ()) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.key = folder / "master.key"
        if not self.key.exists():
            self.key.touch(0o600)
            self.key.write_text(os.urandom(32).hex() + "\n")
        self.program, self.folder, self.where = program, folder, where
        self.port = free_port()
        self.flags = (*(("--sandbox",) if sandbox else ()), *flags)
        self.process: subprocess.Popen | None = None

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CHARTROOM_")}
        return {**kept, "CHARTROOM_KEY_FILE": str(self.key)}

    def start(self) -> float:
        """Seconds from exec to the first /readyz that says 200."""
        command = [self.program, "serve", *self.where, "--listen", f"127.0.0.1:{self.port}", "--public-url",
                   f"http://127.0.0.1:{self.port}", *self.flags]
        with (self.folder / "server.log").open("ab") as log:
            begin = time.monotonic()
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=self.environment())
            while time.monotonic() < begin + LIMIT_S and self.process.poll() is None:
                if self.is_ready():
                    return time.monotonic() - begin
                time.sleep(0.001)
        raise SystemExit(f"the server does not start:\n{(self.folder / 'server.log').read_text()[-2000:]}")

    def is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def tool(self, *arguments: str) -> str:
        done = subprocess.run([self.program, *arguments, *self.where], env=self.environment(), capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            raise SystemExit(f"{arguments}: {done.stderr}")
        return done.stdout

    def memory_mib(self) -> dict[str, float]:
        """rss: resident; pss: the same with what is shared counted in part."""
        assert self.process is not None
        text = pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        fields = dict(line.split(":", 1) for line in text.splitlines()[1:])
        return {name.lower(): int(fields[name].split()[0]) / 1024 for name in ("Rss", "Pss")}

    def cpu_seconds(self) -> float:
        assert self.process is not None
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
