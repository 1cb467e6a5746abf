"""Which slice to correct next: strategies that rank slices, and a bandit that picks them."""
