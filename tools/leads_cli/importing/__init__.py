"""Importing a file of leads: reading it, checking every row, and sending it so that each lead is stored once."""
