"""Pages in one file that open anywhere without a network: reports and maps that people keep, send on and print."""
