"""A fleet of real clusters with real Flux controllers on one machine, without containers."""
