"""What holds for people, organisations and sign-in. Pure: no database, no web."""
