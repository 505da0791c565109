"""The table's pages and what is posted to them."""
