"""Headway services: how long a search waits for them, when riders really arrive, and which lines are as good."""
