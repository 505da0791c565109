"""A made-up chapter that has one of everything a writer can meet, in English and in French, and a very large one."""

from __future__ import annotations

from dialogue.report.tree import (
    Bar,
    Call,
    Claim,
    Emphasis,
    Fact,
    Inline,
    Item,
    Items,
    Link,
    Note,
    Paragraph,
    Report,
    Section,
    Sentence,
    Strong,
    Table,
    Text,
)  # fmt: skip

LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff" * 9  # 315 characters and no place to break
HOSTILE = (
    "#set page(fill: red) $x^2$ `raw` *star* _under_ @ref <label> \\u{1F600} // not a comment /* nor this */ "
    "[link](javascript:alert(1)) ![i](http://x.example/i.png) ~~~ ^[note] <script>alert('x')</script> &amp; ]]> "
    "\"straight\" 'single' -- --- ... {{ template }} {% tag %} $title$ <w:p/> =1+1 \\today \\input{/etc/passwd}"
)
OTHER_SCRIPTS = "Ελληνικά Кириллица עברית Łódź Ærø Ωmega"


def said(words: str, *statements: str) -> Sentence:
    """A sentence with the statements behind it, and a place for each of them."""
    return Sentence([Text(words)], list(statements), [f"said-{statement}" for statement in statements])


def chapter(draft: str = "") -> Report:
    """The chapter in English."""
    context = Section("context", "context", 1, "", "Water after the dry years", _context(), [])
    challenges = Section("challenges", "part", 1, "", "Identifying new challenges", _challenges(), _themes())
    asked = Section("recommendations", "recommendations", 1, "", "Recommendations", _recommendations(), _addressees())
    return Report(
        event="tarn-2019", language="en", regime="attributed", kicker="Chapter 7", number="7",
        title="Sharing a river that everybody needs", byline="Written by Ada Quill and Noor Salim",
        author="Tarn Basin Society", date="2019-05-14", draft=draft,
        running="Tarn Basin Society, Albi, 14 May 2019",
        facts=[
            Fact("Convenor", "Tarn Basin Society"),
            Fact("Held", "Tuesday 14 May 2019, Albi, Centre for the Study of Rivers and the People along them"),
            Fact("Rule", "On the record"),
        ],
        front=_front(), sections=[context, challenges, asked], annexes=_annexes(), notes=_notes(),
        words={"notes": "Notes", "contents": "Contents", "back": "back", "basis": "The statements behind this sentence"},
    )  # fmt: skip


def _front() -> list[Paragraph | Items | Table]:
    names = ["Ada Quill", "Björn Sæther", "Noor Salim", LONG_NAME, "Zoë Ng-O’Dowd"]
    people: list[Inline] = [Text("The roundtable featured ")]
    for name in names:
        people += [Strong(name), Text(f", of the office for {'upper and lower ' * 2}reaches; ")]
    return [
        Paragraph([Text("This chapter comes from a public dialogue held in Albi on 14 May 2019, a forum in the morning "
                        "and a closed roundtable in the afternoon.")], "origin"),
        Paragraph([Text("It is not a consensus: nobody signed it, and not everybody agreed with every line. Where words "
                        "such as “most” stand below, the record was counted.")], "notice"),
        Paragraph([*people, Text("and a rapporteur.")], "participants"),
    ]  # fmt: skip


def _context() -> list[Paragraph | Items | Table]:
    return [
        Paragraph([Text("The river has carried less water in each of the last nine summers"), Call(1, False),
                   Text(", while the towns along it have grown. "),
                   said("Nobody at the table doubted the figures. ", "s1a"),
                   said("What they mean was another matter.", "s2b", "s3c")]),
        Paragraph([Text("Reviewers of the earlier agreement called it "), Emphasis("a promise to talk later"),
                   Text("."), Call(2, False)], label="literature"),
        Paragraph([Text("The rapporteur adds that no gauge stands below the second weir.")], "remark", "rapporteur"),
    ]  # fmt: skip


def _challenges() -> list[Paragraph | Items | Table]:
    return [
        Paragraph([Claim("Most participants", "holds", "", ""), Text(" saw the towns as the first to be asked. "),
                   Claim("Several participants", "marked", "†4/9", "#legend-several"),
                   Text(" thought of the mills, as before."), Call(1, True)]),
        Paragraph([Claim("[All participants: the record reaches “several”, 4 of 9]", "open", "", ""),
                   Text(" wanted a gauge. "), Bar(4, 1, 2, 1, 1, "several, 4 of 9")]),
        Paragraph([Text("Of the whole valley: "), Bar(60, 20, 9, 1, 30, "most, 60 of 120")]),
        Paragraph([Text(HOSTILE)]), Paragraph([Text(OTHER_SCRIPTS)]),
        Paragraph([Text("1. not a list"), Text(" - nor this")]), Paragraph([Text("# not a heading")]),
        Paragraph([Text("a" * 400)]),
    ]  # fmt: skip


def _themes() -> list[Section]:
    deep = Section("deep", "subtheme", 3, "(1)", "Who reads the gauges", [
        Paragraph([said("Salim said that whoever reads them writes the history of the river.", "s4d"),
                   Text(" "), Link("The public record", "https://example.org/record?a=1&b=2#part"), Text(" agrees. "),
                   Link("See the context", "#context"), Text(".")]),
    ], [Section("deeper", "subtheme", 4, "(a)", "At night", [
        Paragraph([said("Quill doubted that anybody does.", "s5e"), Call(3, False)])], [])])  # fmt: skip
    theme = Section("will", "theme", 2, "", "Political will", [
        Paragraph([Text("Sæther, echoing Quill, held that a minister who has stood in the mud decides differently. " * 6)]),
    ], [deep])  # fmt: skip
    return [theme, Section("money", "theme", 2, "", "Money, and who is asked for it",
                           [Paragraph([Text("Little was said of money. " * 12)])], [])]  # fmt: skip


def _recommendations() -> list[Paragraph | Items | Table]:
    return [Paragraph([Text("Nine recommendations were put; they are listed by whom they address.")])]


def _addressees() -> list[Section]:
    lettered = Items("lettered", [
        Item("rec-1-2-a", [Paragraph([Text("below the second weir;")])]),
        Item("rec-1-2-b", [Paragraph([Text("at the mouth."), Call(2, True)])]),
    ])  # fmt: skip
    numbered = Items("numbered", [
        Item("rec-1-1", [Paragraph([said("Publish the readings every week, in words as well as in figures. ", "s6f")])]),
        Item("rec-1-2", [Paragraph([Text("Set up gauges:")]), lettered]),
        Item("rec-1-3", [Paragraph([Text("Ask the mills before the summer and not after it, and ask all of them.")])]),
    ])  # fmt: skip
    plain = Items("plain", [Item("", [Paragraph([Text("Come and see.")])]), Item("", [Paragraph([Text("Stay.")])])])
    return [
        Section("to-basin", "addressee", 2, "", "To the basin’s council", [numbered], []),
        Section("to-all", "addressee", 2, "", "To everybody", [plain], []),
    ]


def _annexes() -> list[Section]:
    legend = Table(["Words", "What they mean", "Here"], [0.25, 0.45, 0.3], [
        [[Text("most")], [Text("more than half of those who took a stance")], [Bar(5, 1, 0, 1, 2, "5 of 9")]],
        [[Text("several")], [Text("at least three"), Call(4, False)], [Bar(4, 1, 2, 1, 1, "4 of 9")]],
    ], ["legend-most", "legend-several"])  # fmt: skip
    ids = ["s1a", "s2b", "s3c", "s4d", "s5e", "s6f"]
    basis = Table(["Statement", "Said by", "Where"], [0.2, 0.55, 0.25], [
        [[Text(ident)], [Text("Noor Salim, in the second session, answering "), Strong("Ada Quill")],
         [Link("back", f"#said-{ident}")]] for ident in ids
    ], [f"basis-{ident}" for ident in ids])  # fmt: skip
    return [
        Section("legend", "annex", 1, "A", "What the words of agreement mean",
                [Paragraph([Text("Counted over nine participants. " * 5)]), legend], []),
        Section("basis", "annex", 1, "B", "The statements behind the text", [basis],
                [Section("basis-more", "annex", 2, "", "Of the forum", [Paragraph([Text("None.")])], [])]),
    ]  # fmt: skip


def _notes() -> list[Note]:
    return [
        Note(1, [Text("Tarn Basin Society, "), Emphasis("Nine Summers"), Text(" (Albi, 2018), 14. "),
                 Link("https://example.org/nine", "https://example.org/nine")]),
        Note(2, [Text("A note with # and $ and * in it; see also note "), Call(1, True), Text(".")]),
        Note(3, [Text("She said so twice.")]),
        Note(4, [Text("A threshold of the event.")]),
    ]  # fmt: skip


def french() -> Report:
    """The same chapter under French words; guillemets, ligatures and no-break spaces in them."""
    report = chapter()
    report.language, report.kicker, report.title = "fr", "Chapitre 7", "Partager une rivière : l’œuvre de tous ?"
    report.running = "Société du bassin du Tarn, Albi, le 14 mai 2019"
    report.sections[0].blocks.insert(0, Paragraph([Text("« L’eau », dit-elle, « n’attend pas » ; c’est là le cœur.")]))
    return report


def large(paragraphs: int = 600, notes: int = 960, rows: int = 10_000) -> Report:
    """A chapter as large as the benchmark's: notes spread over paragraphs, and a long annex."""
    report = chapter()
    report.notes = [
        Note(number, [Text(f"Source {number}, page {number % 90}. " * 3)]) for number in range(1, notes + 1)
    ]
    body: list[Paragraph | Items | Table] = []
    number = 0
    for at in range(paragraphs):
        inlines: list[Inline] = []
        for part in range(5):
            inlines.append(said(f"In sentence {part} of paragraph {at} somebody says something rather long again. ",
                                f"x{at * 5 + part}"))  # fmt: skip
            if number * paragraphs < notes * (at + (part + 1) / 5) and number < notes:
                number += 1
                inlines.append(Call(number, False))
        body.append(Paragraph(inlines))
    report.sections = [Section(f"part-{at}", "part", 1, "", f"Part {at}", body[at * 20 : at * 20 + 20], [])
                       for at in range((paragraphs + 19) // 20)]  # fmt: skip
    table = Table(["Statement", "Words", "Where"], [0.15, 0.65, 0.2], [
        [[Text(f"x{at}")], [Text(f"Somebody said at {at} o’clock that the water was low and the bridge too narrow.")],
         [Link("back", f"#said-x{at}")] if at < paragraphs * 5 else [Text("–")]] for at in range(rows)
    ], [f"basis-x{at}" for at in range(rows)])  # fmt: skip
    report.annexes = [Section("basis", "annex", 1, "B", "The statements", [table], [])]
    return report
