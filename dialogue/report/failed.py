"""What the writers raise."""


class WriterFailed(Exception):
    """A format could not be written; the sentence says why, and nothing has been written."""
