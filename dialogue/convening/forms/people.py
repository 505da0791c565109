"""The forms of people: pasted, changed, lent a role, written to, welcomed."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialogue.convening.actions.people import FACTS, Facts
from dialogue.convening.actions.welcoming import Wishes
from dialogue.convening.forms import SetUpForm
from dialogue.events.models import (
    STRICTNESS,
    Attendee,
    Event,
    Regime,
    Role,
    Session,
)
from dialogue.people.models import Language
from dialogue.rapporteur.forms import line, prose


class PasteForm(SetUpForm):
    """A table of people, and the session that they sit in."""

    session = forms.ModelChoiceField(
        Session.objects.none(), label=gettext_lazy("They sit in"), to_field_name="key", empty_label=None
    )
    table = prose(
        gettext_lazy("People, out of a spreadsheet"), 8, 200_000,
        help_text=gettext_lazy(
            "Copy the cells and paste them here: name, e-mail, function, affiliation, kind of organisation, role, "
            "language. A line of headings may come first: then in any order."
        ),
    )  # fmt: skip

    def __init__(self, event: Event, *given: Any, **named: Any):
        super().__init__(*given, **named)
        self.fields["session"].queryset = event.sessions.all()  # type: ignore[attr-defined]
        self.fields["table"].strip = False  # type: ignore[attr-defined]  # a first cell may be empty


class PersonForm(SetUpForm):
    """Somebody as they are printed, and where they are reached."""

    name = line(gettext_lazy("Name"), required=True)
    family_name = line(
        gettext_lazy("Family name"),
        help_text=gettext_lazy("Where it is not the last word of the name, as Nguyễn in Nguyễn Văn An."),
    )
    honorific = line(gettext_lazy("Before the name"), help_text=gettext_lazy("As Dr. or Major-General (ret.)."))
    function = line(gettext_lazy("Function"))
    affiliation = line(gettext_lazy("Affiliation"))
    sector = line(
        gettext_lazy("Kind of organisation"),
        help_text=gettext_lazy("As police: what is printed where people are reported by it."),
    )
    email = forms.EmailField(label=gettext_lazy("E-mail address"), required=False, max_length=254)
    language = forms.ChoiceField(label=gettext_lazy("Language of the letters"), choices=Language.choices)

    def facts(self) -> Facts:
        """What came in; only of a valid form."""
        return Facts(**{name: self.cleaned_data[name] for name in (*FACTS, "email", "language")})

    def clean(self) -> dict[str, Any]:
        """A family name that is no part of the name would print somebody else at every later mention."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("name") and cleaned.get("family_name", "") not in cleaned["name"]:
            self.add_error("family_name", _("Write it as it stands in the name."))
        return cleaned


class SeatedForm(PersonForm):
    """The same with their roles in the sessions."""

    listed = forms.BooleanField(
        label=gettext_lazy("stands in the list of participants, where the rule allows one"), required=False
    )

    def __init__(self, attendee: Attendee, grantable: frozenset[str], *given: Any, **named: Any):
        """`grantable`: the roles that may be given and taken away; a seat in another one stays as it is."""
        super().__init__(*given, **named)
        seats = dict(attendee.memberships.values_list("session__key", "role"))
        for session in attendee.event.sessions.all():
            now = seats.get(session.key, "")
            self.fields[f"in-{session.key}"] = forms.ChoiceField(
                label=_("In “%(session)s”") % {"session": session.title},
                required=False,
                choices=roles_to_choose(now, grantable),
                initial=now,
            )

    def roles(self) -> dict[str, str]:
        """{session's key: role, or ""}; only of a valid form."""
        return {name[3:]: role for name, role in self.cleaned_data.items() if name.startswith("in-")}


def roles_to_choose(now: str, grantable: frozenset[str]) -> list[tuple[str, Any]]:
    """The roles of a seat that somebody may choose between, with the one that it has now ("": none)."""
    if now and now not in grantable:
        return [(now, Role(now).label)]
    return [("", _("has no seat")), *(one for one in Role.choices if one[0] in grantable)]


class LendForm(SetUpForm):
    """A role without a seat."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    name = line(gettext_lazy("Name"), required=True)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=[("", gettext_lazy("choose …")), *Role.choices])


class GreetingForm(SetUpForm):
    """The convenor’s own lines in the letter."""

    greeting = prose(gettext_lazy("Your own lines in the letter"), 4, 2000, required=False)


class WelcomeForm(SetUpForm):
    """How somebody wants to be printed."""

    name = line(gettext_lazy("Name"), required=True)
    function = line(gettext_lazy("Function"))
    affiliation = line(gettext_lazy("Affiliation"))
    listed = forms.BooleanField(
        label=gettext_lazy("I stand in the list of participants, where the rule allows one"), required=False
    )
    prefers = forms.ChoiceField(label=gettext_lazy("What I say is reported"), required=False, widget=forms.RadioSelect)

    def __init__(self, floor: str, *given: Any, **named: Any):
        """`floor`: the most open rule of their sessions; only stricter ones can be preferred."""
        super().__init__(*given, **named)
        stricter = [(value, label) for value, label in Regime.choices if STRICTNESS[value] > STRICTNESS[floor]]
        self.fields["prefers"].choices = [("", _("as the rule says")), *stricter]  # type: ignore[attr-defined]

    def wishes(self) -> Wishes:
        """What came in; only of a valid form."""
        return Wishes(**{**self.cleaned_data, "prefers": self.cleaned_data["prefers"] or None})
