"""Prefect tasks: open resources, call one service, return values."""
