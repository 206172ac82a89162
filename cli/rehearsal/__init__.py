"""The rehearsal: a whole campaign on a simulated clock, through the production code."""
