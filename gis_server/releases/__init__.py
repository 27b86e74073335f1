"""The published state: publish, snapshot, and the books of releases. The only code that writes served tables."""
