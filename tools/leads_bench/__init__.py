"""What things cost, as shares and ratios: times of one machine say nothing of another."""
