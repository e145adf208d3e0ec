"""Every screen and letter on one page, 360 px wide, from the demo school lived through in a moment."""
