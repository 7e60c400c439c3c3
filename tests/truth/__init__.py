"""The faults this collection has to get right, as data, and what makes, asks about and repairs them."""
