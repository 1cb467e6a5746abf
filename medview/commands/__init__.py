"""One file per headless command: a caption, ``add_arguments(parser)`` and ``run(options)``."""
