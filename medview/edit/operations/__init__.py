"""One file per operation; each is found by `medview.edit.operation.discover_operations`."""
