"""The long tests, each with its figures: `make soak`. Each exits 1 where a promise is broken.

Their sizes come from arguments, so that the ordinary tests run a small sample of each (tests/test_soak.py).
"""
