"""The command `bando`, one file a noun."""
