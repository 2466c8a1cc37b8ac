"""Files of payments in the console: upload, check, confirm."""
