"""The kinds of measures, one file each; `medview.measure.kind` finds them."""
