"""What people wrote to the operator: the queue, and answering."""
