"""What the program is about: geometry, volumes, labels, label maps, metrics. numpy and scipy only."""
