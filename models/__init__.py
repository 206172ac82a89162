"""Frozen values and pure rules of the administrative campaign."""
