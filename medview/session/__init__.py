"""What is open: the only mutable root object, and the work it offers. No Qt."""
