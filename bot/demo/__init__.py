"""The living demo school: what `./zvonok run` shows without a token."""
