"""What people do with the awards: one function per thing a person does."""
