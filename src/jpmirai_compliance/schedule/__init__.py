"""The yearly calendar: thin jobs that call a room's service."""
