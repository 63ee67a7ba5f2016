"""Events of new leads: records of the leads table's stream, in a stable shape for other software."""
