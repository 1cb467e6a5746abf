"""Models: cards, catalog, pre- and postprocessing, explaining; torch in the two rooms below."""
