"""What MOTIS 2 clients ask and are told, on top of the router: see README.md."""
