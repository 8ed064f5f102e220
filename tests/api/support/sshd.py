"""A real sshd on a free port of this machine, with keys and configuration of its own."""
import getpass
import os
import pathlib
import socket
import subprocess

from support.server import free_port
from support.waiting import wait_until

PROGRAM = "/usr/sbin/sshd"


class Sshd:
    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.files = folder / "in"
        self.files.mkdir()
        for name in ("host", "login"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True, timeout=60)
        if os.geteuid() == 0:
            # sshd started by root wants this place for its unprivileged half; services make it elsewhere.
            pathlib.Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        self.port = free_port()
        (folder / "sshd_config").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nPidFile none\nUsePAM no\nStrictModes no\n"
            f"HostKey {folder / 'host'}\nAuthorizedKeysFile {folder / 'login.pub'}\nPasswordAuthentication no\n"
            "KbdInteractiveAuthentication no\nSubsystem sftp internal-sftp\nLogLevel QUIET\n")
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"sftp://{getpass.getuser()}@127.0.0.1:{self.port}{self.files}"

    @property
    def key(self) -> str:
        return (self.folder / "login").read_text()

    @property
    def host_key(self) -> str:
        """As an operator reads it."""
        shown = subprocess.run(["ssh-keygen", "-l", "-f", self.folder / "host.pub"], check=True, capture_output=True,
                               text=True, timeout=60)
        return shown.stdout.split()[1]

    def start(self) -> "Sshd":
        self.process = subprocess.Popen([PROGRAM, "-D", "-f", str(self.folder / "sshd_config")])
        wait_until(self._is_up, "sshd answers")
        return self

    def _is_up(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=30)
            self.process = None
