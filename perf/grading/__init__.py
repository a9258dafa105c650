"""How well and how fast responses are graded."""
