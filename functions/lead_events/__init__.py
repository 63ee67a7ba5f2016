"""Events of new leads: what the leads table's stream tells, in the shape that other software can rely on."""
