"""The ``dondoc`` command."""
