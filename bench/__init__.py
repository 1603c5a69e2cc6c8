"""Our server and the one a user would otherwise write, side by side under the same load."""
