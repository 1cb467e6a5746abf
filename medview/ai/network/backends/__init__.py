"""The backends, one file each; `medview.ai.network.backend` finds them."""
