"""Response bodies: from predictions to bytes."""
