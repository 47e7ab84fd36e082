"""The specification, as tests."""

import gc

# As the command `irt` does it: ten thousand tests and all they import are looked through for rubbish seldom.
gc.set_threshold(50_000, 10, 10)
