"""Training: runs in a child process; the other room that imports torch."""
