"""Lengths, angles, regions and their statistics: numbers only, from points on a plane."""
