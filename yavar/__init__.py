"""The front door: settings, the composition root and the command line. Imports every room; imported by none."""
