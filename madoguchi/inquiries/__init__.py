"""What people write to the operator, and the staff's answers: ``docs/inquiries.md`` tells how."""
