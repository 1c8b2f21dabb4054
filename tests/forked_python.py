"""A fast `python` for tests: a fork of a server that has imported the libraries.

A sweep starts Python for Snakemake and for each of its jobs, and every start imports PyTorch and
pandas for seconds. The launcher that is made here takes the place of the Python executable. It
sends its arguments, folder, environment and open files to the server, which runs the program in a
fork. The fork has imported libraries only, none of this project's modules.
"""

import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

LIBRARIES = (
    "snakemake.cli", "snakemake.report", "docutils.core", "smart_open", "torch", "torchvision",
    "safetensors.torch", "pandas", "scipy.stats", "seaborn", "jinja2", "jsonschema", "typst",
    "pypdf",
)  # fmt: skip
LAUNCHER = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    socket.send_fds(server, [b"."], [0, 1, 2])
    server.sendall(json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode())
    server.shutdown(socket.SHUT_WR)
    sys.exit(int(server.recv(9) or 1) % 256)
"""


@contextmanager
def running_server() -> Iterator[Path]:
    """Run a server, and give the path of its launcher."""
    with TemporaryDirectory(prefix="python-") as name:
        folder = Path(name)
        launcher = folder / "python"
        launcher.write_text(LAUNCHER.format(python=sys.executable, address=f"{folder}/socket"))
        launcher.chmod(0o755)
        server = subprocess.Popen(
            [sys.executable, __file__, name],
            env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": ""},
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        while not (folder / "ready").exists():
            assert server.poll() is None, "the server has ended"
            time.sleep(0.01)
        try:
            yield launcher
        finally:
            os.killpg(server.pid, signal.SIGTERM)  # with the programs that it still runs
            server.wait()


def serve(folder: Path) -> socket.socket:
    """Fork for each connection, and return it in the fork; the server itself never returns."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
        listener.listen()
        (folder / "ready").touch()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while True:
            readable, _, _ = select.select([listener, sys.stdin], [], [])
            if sys.stdin in readable:
                sys.exit()  # the process that started this one has ended, however it did
            connection, _ = listener.accept()
            import_libraries()
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                return connection
            connection.close()


def receive(connection: socket.socket) -> tuple[list[str], str, dict[str, str]]:
    """Return arguments, folder and environment of a program, in a fork with its open files.

    This process waits for the end of that fork, and sends the exit status back.
    """
    _, files, _, _ = socket.recv_fds(connection, 1, 3)
    request = json.loads(connection.makefile().read())
    fork = os.fork()
    if fork != 0:
        _, status = os.waitpid(fork, 0)
        connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    connection.close()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    # Those of the server know whether its files can be sought, which may not hold for these.
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
    return request


def import_libraries() -> None:
    """Import them when the first program asks, since unit tests start none."""
    if LIBRARIES[0] not in sys.modules:
        for name in LIBRARIES:
            importlib.import_module(name)
        gc.freeze()  # or each fork would look through all of PyTorch for garbage


def run(arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    """Do as `python ARGUMENTS` does, with a script or with -m and a module."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    libraries = [path for path in environment.get("PYTHONPATH", "").split(":") if path]
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        sys.path[:1] = [folder, *libraries]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        sys.path[:1] = [str(Path(arguments[0]).parent), *libraries]
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    home = Path(sys.argv[1])
    sys.executable = str(home / "python")
    run(*receive(serve(home)))
