from hypothesis import settings

# a deadline is a timed assertion, otherwise a busy machine fails a right rule
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
