"""The gates of delivery: what the messenger's people saw against the base, under kills, faults, limits and bursts.

`./zvonok gates` runs them one after another and prints their table; with `--nightly` many times over. Each gate has a
negative control: the same gate with a mistake built in, which must turn it red.
"""
