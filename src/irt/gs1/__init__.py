"""GS1 barcodes: what the data fields mean, which may stand together, and what a kit's label carries."""
