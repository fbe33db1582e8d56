"""Bundles between instances: a district's, what reached the nation, whose keys are believed."""
