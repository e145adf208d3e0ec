"""The web side: webhook and health; the host may mount more."""
