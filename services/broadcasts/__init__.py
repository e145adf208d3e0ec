"""«Рассылка»: one text to many, held for a minute, followed to its end, and recalled if need be (product §4)."""
