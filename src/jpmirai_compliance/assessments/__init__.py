"""Rounds, answers, submission and the secretariat's check."""
