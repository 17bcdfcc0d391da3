"""Fault drills against real processes in a scratch installation: `manage.py drill`.

A drill starts what production runs, breaks it on purpose, and counts rows and what receivers got:
expected, recorded, distinct, delivered. The test suite runs small sizes of the same functions.
Read `outcome.py` and `scene.py` first.
"""
