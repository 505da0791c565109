"""What the writers raise, and the sentences with which a chapter is refused."""


class WriterFailed(Exception):
    """A format could not be written; the sentence says why, and nothing has been written."""


class Reason(str):
    """A sentence that says what is in the way; `address` is the page on which it is mended, or ""."""

    __slots__ = ("address",)
    address: str

    def __new__(cls, sentence: str, address: str = "") -> "Reason":
        """Python’s own."""
        made = super().__new__(cls, sentence)
        made.address = address
        return made
