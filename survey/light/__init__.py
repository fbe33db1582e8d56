"""The citizen's light door: the form as plain HTML, complete without scripts."""
