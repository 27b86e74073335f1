"""Bando: the shared digital map server of Ho Chi Minh City."""
