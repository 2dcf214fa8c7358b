"""People, organisations, sign-in, invitations, second factor, sessions."""
