"""Networks, backends and attribution methods: one of the two rooms that import torch."""
