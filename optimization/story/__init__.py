"""What a plan tells a reader: stock to come, waste, costs, carbon, the network, reasons, comparisons."""
