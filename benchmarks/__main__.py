"""Run the benchmarks that take a CPU about a quarter of an hour, one after the other."""

import subprocess
import sys
from pathlib import Path

for name in ("training_speed", "quality", "sweep_efficiency"):
    subprocess.run([sys.executable, Path(__file__).with_name(f"{name}.py")], check=True)
