"""Other implementations of the function, for comparison: good code that is not optimised for speed.

They store the same leads in the same table and return the same responses to the benchmark's requests. They are copied
out of this package before they run, so they import only each other.
"""
