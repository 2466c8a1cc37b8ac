"""Files of customers, contracts, numbers and roles in the console: upload, check, confirm."""
