"""Spreadsheets that go out and come back, and reports on what was found."""
