"""What the chapter's file looks like: the house's own style sheets in it, its margin, its pages on paper."""

from django.conf import settings

from dialogue.report.elements import clean
from dialogue.report.tree import Report

CSS = settings.BASE_DIR / "static" / "css"
CHAPTER = ["opening.css", "chapter.css", "annexes.css", "sheet.css"]
SHEETS = ["tokens.css", "elements.css", "agreement.css", *CHAPTER]  # what a file that stands alone looks like


def styles(report: Report) -> str:
    """The sheets of the house that a file needs, and its notes beside their calls where a browser can do that."""
    sheets = "\n".join((CSS / name).read_text() for name in SHEETS)
    margin = f"@supports (anchor-name: --a) {{\n{(CSS / 'beside.css').read_text()}\n{beside(report)}\n}}"
    return "\n".join([sheets, margin, running_head(report)])


def running_head(report: Report) -> str:
    """What stands above every page but the first on paper. Every sign but letters and digits is written as a code."""
    words = "".join(sign if sign.isalnum() else f"\\{ord(sign):x} " for sign in clean(report.running))
    head = f'@top-center {{ content: "{words}"; font: 8.5pt Georgia, serif; }}'
    return f"@page {{ {head} }}\n@page :first {{ @top-center {{ content: none; }} }}\n"


def beside(report: Report) -> str:
    """Rules that set each note at the height of its call, or below the note before it."""
    rules = []
    for before, note in zip([None, *report.notes], report.notes, strict=False):
        call = f"anchor(--call-{note.number} top, 0px)"
        top = f"max({call}, anchor(--note-{before.number} bottom, 0px) + 0.75rem)" if before else call
        rules.append(f"#call-{note.number} {{ anchor-name: --call-{note.number}; }}")
        rules.append(f"#note-{note.number} {{ anchor-name: --note-{note.number}; inset-block-start: {top}; }}")
    return "\n".join(rules)
