"""Every command of the README works in a clone: a dry run for those that take long."""

import re
import subprocess

import pytest
from checkout import ROOT, Checkout

pytestmark = pytest.mark.workflow
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
SHELL = [block for language, block in BLOCKS if language == "sh"]
LINES = [line.split("  #")[0].strip() for block in SHELL for line in block.splitlines()]
INLINE = [" ".join(code.split()) for code in re.findall(r"`((?:make|snakemake)\s[^`]+)`", README)]
COMMANDS = sorted({*LINES, *INLINE})
ELSEWHERE = {
    "python examples/notebook.py": "test_examples.py",
    "pip install --no-deps --editable .": "test_install.py",
}


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Checkout:
    """What `git clone` gives, with an environment that is ready."""
    [command] = [command for command in COMMANDS if command.startswith("git clone")]
    if not (ROOT / ".git").exists() or not (ROOT / ".venv/folder").exists():
        pytest.skip("this is no clone, or `make` has set up no environment here")
    folder = tmp_path_factory.mktemp("clone")
    subprocess.run(command.replace("ADDRESS", str(ROOT)), shell=True, cwd=folder, check=True)
    checkout = Checkout(folder / "vae-sweep")
    (checkout / ".venv").symlink_to(ROOT / ".venv")
    return checkout


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command(clone, command):
    program, *arguments = re.findall(r"'[^']*'|\S+", command)
    if program == "snakemake":
        arguments = [argument.strip("'") for argument in arguments]
        planned = clone.snakemake("--dry-run", "--quiet", "rules", *arguments).stdout
        assert "train" in planned and "fetch_data" in planned
    elif program == "make":
        planned = clone.run("make", "--dry-run", *arguments).stdout
        assert "snakemake --cores all" in planned
        [study] = [a[6:] for a in arguments if a.startswith("STUDY=")] or ["."]
        assert (clone / study / "config.yaml").exists()
        assert f'--directory "{study}"' in planned
    else:
        assert program == "git" or command in ELSEWHERE


def test_the_readme_has_the_commands_that_are_tested():
    assert ELSEWHERE.keys() <= set(COMMANDS) and "make" in COMMANDS and len(COMMANDS) > 7
