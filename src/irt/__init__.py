"""The domain of Interactive Response Technology: subjects, kits, shipments, randomization, blinding."""

__version__ = "0.1.0"
