"""The long tests, each with its figures: `make soak`. Each exits 1 where a promise is broken.

Their sizes come from arguments, so that `make slow` runs a small sample of each (tests/slow/test_soak.py).
"""
