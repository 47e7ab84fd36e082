"""The audit trail's chain and signatures."""
