"""One file per strategy; each is found by `medview.ai.worklist.strategy.strategies`."""
