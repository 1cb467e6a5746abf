"""The 3D view: surfaces of the labels and the planes of the other views."""
