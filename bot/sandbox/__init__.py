"""A pocket Telegram: a Bot API server over HTTP with people in it (docs/sandbox.md). Knows nothing of the product."""
