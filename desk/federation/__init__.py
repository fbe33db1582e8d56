"""Bundles between instances: made in a district, believed by its key, loaded by the nation."""
