"""GTFS-Realtime: a message of a feed to an immutable patch of its trips, and a report of what was made of it."""
