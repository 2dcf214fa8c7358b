"""Text of any script to PDF: values in, bytes out."""
