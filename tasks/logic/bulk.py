"""Which calls may be made on many tasks at once: those that say the same of each.

What has to be looked at one by one, a fix and what became of it, is not among them.
"""

MOST = 200  # tasks of one request
CALLS = ("accept", "start", "assign", "hold", "hand_over", "dismiss")
AT_ONCE = ("accept", "start")  # need nothing more than the tasks
