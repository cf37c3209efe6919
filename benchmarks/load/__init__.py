"""The service as a process under load: speed, swaps of snapshots, overload, endurance, and how it ends."""
