"""The rapporteur's desk: its page, its papers, and what is put to the table from it."""
