"""Yearly self-assessment, disclosure, posters and awards for JP-MIRAI members."""

__version__ = "0.1.0"
