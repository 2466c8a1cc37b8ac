"""Benchmarks: one command each, printing one JSON object last. They are no tests."""
