"""The HTTP API for the company's own systems: its keys, its addresses, its errors."""
