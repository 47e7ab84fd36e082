"""The specification, as tests."""

import gc
import sys

# As the command `irt` does it: ten thousand tests and all they import are looked through for rubbish seldom.
gc.set_threshold(50_000, 10, 10)

# Jsonschema would read forty grammars, for seconds, to know international addresses, which no schema of ours has.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # as if it were not installed
