"""What the program is about: geometry, volumes, labels, metrics. numpy and scipy only."""
