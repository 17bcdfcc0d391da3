"""What the service costs, measured on the machine it stands on: `manage.py bench`.

Every figure is taken beside its limit or baseline in the same run, because two machines, or two
hours of one machine, differ by more than what is to be seen. Read `figures.py` first.
"""
