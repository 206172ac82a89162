"""Settings, the clock, and the plans, policies and calendars as data."""
