"""Benchmarks. The collection is found as the link in .venv that `make venv` makes."""

import sys
from pathlib import Path

sys.path.append(str(Path(sys.prefix) / "collections"))
