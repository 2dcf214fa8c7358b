"""The workbook of a self-assessment: written here, read here when it comes back."""
