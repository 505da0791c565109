"""What may be done at the rapporteur's desk: each deed is one turn at the event's record."""
