"""`python benchmarks`: measure from a fresh clone, whether or not the packages are installed."""

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    runpy.run_module("benchmarks.run", run_name="__main__")
