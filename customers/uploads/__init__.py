"""Importing in the admin: a page receives the file, a process of its own checks and imports it.

receiving → working (pulse, findings, examples) → pages; nothing here reads or writes a row but customers/importing.py.
"""
