"""What a browser says of itself, in two words that its owner recognises it by."""

# The first that stands in it: nearly every browser claims to be one of the others, too.
BROWSERS = {
    "Edg": "Edge", "OPR/": "Opera", "SamsungBrowser": "Samsung Internet", "Firefox/": "Firefox", "FxiOS": "Firefox",
    "CriOS": "Chrome", "Chrome/": "Chrome", "Safari/": "Safari",
}  # fmt: skip
SYSTEMS = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "CrOS": "ChromeOS", "Windows": "Windows",
    "Macintosh": "macOS", "Linux": "Linux",
}  # fmt: skip


def browser(told: str) -> tuple[str, str]:
    """(browser, system) out of a User-Agent header; "" for what is not known."""
    return first(BROWSERS, told), first(SYSTEMS, told)


def first(words: dict[str, str], told: str) -> str:
    """What the first of the words that stand there means."""
    return next((name for word, name in words.items() if word in told), "")
