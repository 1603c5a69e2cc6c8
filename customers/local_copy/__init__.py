"""Each node's read-only copy of what a call needs, so that no call ever waits for PostgreSQL.

file.py       the SQLite file: its tables, when it is complete, how a new one takes the old one's place
source.py     what PostgreSQL holds, and what has changed since the last look
filling.py    PostgreSQL → a whole new file
following.py  the process that keeps the file up to date
age.py        when the copy was last confirmed, whatever the clock does
in_force.py   waiting until calls know of what was just committed
reading.py    the call path's side: a look-up of some ten microseconds
"""
