"""Questions with answers, and guides: written in both languages side by side, each saving kept as a version."""
