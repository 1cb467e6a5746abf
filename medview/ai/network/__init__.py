"""Networks, backends and attribution methods: one of the two rooms that import torch."""

import os

# Before torch is imported: idle threads that spin make everything 5 to 10 times slower under load.
os.environ.setdefault("GOMP_SPINCOUNT", "0")
os.environ.setdefault("KMP_BLOCKTIME", "0")
