"""Models: card, catalog, preprocess, postprocess, explain, uncertainty. torch only in network/ and training/."""
