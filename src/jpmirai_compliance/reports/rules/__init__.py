"""What the pure part of the room decides."""
