"""The pages that any blinded reader may see."""
