"""One file per tool; each is found by `medview.edit.tool.discover_tools`."""
