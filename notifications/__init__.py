"""What people are told: listens to events, owes messages, sends each once, and keeps the truth."""
