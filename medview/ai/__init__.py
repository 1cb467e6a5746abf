"""Models: cards, catalog, pre- and postprocessing, explaining; torch only in the two rooms below."""
