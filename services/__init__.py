"""What the application does, without Prefect and without HTTP."""
