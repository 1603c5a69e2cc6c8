"""One subscriber in two forms: as the number is kept, and as a network or another file says it.

Mexico with and without the old 1, Brazil with and without the ninth digit, Argentina with and without 9, and what is
dialled in front of a number from abroad.
"""

VARIANTS = [
    ("+525512345678", "+5215512345678"),
    ("+525512345678", "005215512345678"),
    ("+5511987654321", "+551187654321"),
    ("+5491123456789", "+541123456789"),
    ("+541123456789", "+5491123456789"),
    ("+5491123456789", "+54 11 15 2345 6789"),
    ("+441614960107", "0044 161 496 0107"),
    ("+441614960107", "011 44 161 496 0107"),
    ("+390612345678", "+39 06 1234 5678"),
    ("+13035550101", "＋１ (303) 555‑0101"),
]
