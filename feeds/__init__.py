"""Data that comes with the project: regions and the feeds they name. Makes this folder a resource package."""
