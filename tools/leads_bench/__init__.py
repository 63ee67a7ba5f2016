"""Benchmarks. Results are ratios, because times of one machine cannot be compared with those of another."""
