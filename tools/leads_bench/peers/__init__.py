"""Other ways to write the function, for comparison: what good engineers would write without thinking of speed.

They store the same leads in the same table and give the same answers to the benchmark's requests. They are copied out
of this package before they run, so they import each other alone.
"""
