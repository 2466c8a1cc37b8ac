"""Sheets of paper as PDF, made a page at a time: nothing of a page is kept once it was handed out.

Programs that write PDF usually hold a document until its end. Here only what the end needs is kept: where each page
began, and which letters of the two typefaces were used, which are embedded last.
"""
