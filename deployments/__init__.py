"""Registration of deployments and supervision of the processes."""
