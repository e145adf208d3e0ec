"""How letters travel besides Telegram, and which channel comes after which."""
