"""A statement as a file: CSV, a workbook, a PDF. Each is made line by line while it is sent; none is held whole.

What is in it is an :class:`~.extract.Extract`, the same for all of them and for the page.
"""
