"""Letters by e-mail, through a real mail server of the tests' own."""
