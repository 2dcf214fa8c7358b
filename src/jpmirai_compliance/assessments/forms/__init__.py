"""Forms of the assessment pages."""
