"""Writing a paper of the desk: a new one, or another text for one that is there. Nothing typed is ever lost."""

import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dialogue.discussion.actions import ChangedMeanwhile
from dialogue.positions.agreement import agreement
from dialogue.positions.bars import of_holding
from dialogue.positions.blind import unseen
from dialogue.rapporteur.actions import findings as pairs
from dialogue.rapporteur.actions.papers import StillUsed
from dialogue.rapporteur.changed_words import changed_papers
from dialogue.rapporteur.forms import DeskForm, FindingForm, basis_of, code
from dialogue.rapporteur.levels import Proposal, for_finding, for_recommendation
from dialogue.rapporteur.views.at_desk import Desk, chosen, desk, sentences
from dialogue.rapporteur.views.changed import changed_marks
from dialogue.rapporteur.views.names import answer_value
from dialogue.rapporteur.views.sheets import SHEETS, Sheet
from dialogue.record.actions import KeyReused
from dialogue.report.desk_check import DeskCheck
from dialogue.report.leak_check import Leak
from dialogue.report.preview import preview
from dialogue.roundtable.forms import KEY, id_of, key_of


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: HttpRequest, slug: str, kind: str, id: uuid.UUID | None = None) -> HttpResponse:
    """GET: the form, `?rests=` adds to what it rests on. POST: what `do` says."""
    at, sheet = desk(request, slug), SHEETS[kind]
    who = at.who
    if not who.may(sheet.papers.right):
        who.require(sheet.papers.right)
    row = sheet.papers.rows(at.event).filter(pk=id).first() if id else None
    if id and row is None and request.method != "POST":
        raise Http404
    if row is not None:
        sheet.papers.require_own(who, row)
    editing = Editing(request, at, kind, sheet, row, is_gone=bool(id) and row is None)
    return editing.post() if request.method == "POST" else editing.page(editing.opened())


@dataclass
class Editing:
    """One form in front of somebody. `is_gone`: what it was about has been deleted since."""

    request: HttpRequest
    at: Desk
    kind: str
    sheet: Sheet
    row: Any
    is_gone: bool
    basis: tuple[uuid.UUID, ...] = ()
    problems: list[str] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    # ------------------------------------------------------------ opening

    def opened(self) -> DeskForm:
        """The form as it is first shown: with what is there, or with what its page says."""
        sent = self.request.GET
        try:
            more = basis_of(sent)
        except ValidationError:
            more = ()
        if self.row is not None:
            standing = self.sheet.papers.standing(self.row)
            self.basis = tuple(dict.fromkeys((*standing.basis, *more)))
            return self.form(None, standing.columns)
        self.basis = more
        item = self.at.event.items.filter(key=sent.get("item", "").replace("\0", "")).first()
        return self.form(None, {"item": item, **self.above(sent)})

    def above(self, sent: Any) -> dict[str, Any]:
        """What a new recommendation belongs to."""
        if self.kind != "recommendation":
            return {}
        event = self.at.event
        try:
            parent = event.recommendations.filter(pk=id_of(sent["parent"])).first() if sent.get("parent") else None
            to = event.addressees.filter(pk=id_of(sent["addressee"])).first() if sent.get("addressee") else None
        except ValidationError:
            return {}
        return {"parent": parent, "addressee": parent.addressee if parent else to}

    def form(self, data: Any, initial: dict[str, Any] | None = None) -> DeskForm:
        """The form; words on which the table has spoken are frozen in it."""
        if self.row is not None and initial is None:
            initial = self.sheet.papers.standing(self.row).columns
        made = self.sheet.form(self.at.event, data, initial)
        if isinstance(made, FindingForm) and self.row is not None and self.row.is_open:
            made.freeze()
        return made

    # ------------------------------------------------------------ what is sent

    def post(self) -> HttpResponse:
        """Do what `do` says; whatever cannot be done is told above the form, with all words in it."""
        form = self.form(self.request.POST)
        form.is_valid()
        try:
            self.basis = basis_of(self.request.POST)
            key = key_of(self.request)
            match self.request.POST.get("do", "save"):
                case "save":
                    return self.save(form, key)
                case "count":
                    form.errors.clear()
                    return self.page(form)
                case "preview" if self.kind == "paragraph":
                    return self.look(form)
                case "delete" | "pair" | "unpair" as deed:
                    return getattr(self, deed)()
            raise ValidationError(_("That cannot be done here."))
        except (ValidationError, ChangedMeanwhile, KeyReused) as problem:
            self.problems = sentences(problem)
            refused = ValidationError if not isinstance(problem, StillUsed) else ()
            return self.page(form, 422 if isinstance(problem, refused) else 409, changed=problem)

    def save(self, form: DeskForm, key: str) -> HttpResponse:
        """Keep the words. Raises what the actions raise."""
        if not form.is_valid():
            return self.page(form, 422)
        if self.is_gone:
            raise ChangedMeanwhile
        papers, words = self.sheet.papers, form.written(self.basis)
        if self.row is None:
            row = papers.make(self.at.event, self.at.person, words, key=key)
        else:
            sent = self.request.POST
            claims = "spelling" in sent
            row = papers.change(self.row, self.at.person, words, was=sent.get("was", ""), spelling=claims)
        messages.success(self.request, _("Saved."))
        if self.names(row):
            messages.warning(self.request, _("It may name somebody whom the attribution rule protects: look below."))
            return redirect(self.kind, self.at.event.slug, row.pk)
        return redirect(self.sheet.back(self.at, row))

    def names(self, row: Any) -> list[Leak]:
        """The protected names in what is saved, and other words that may give somebody away."""
        return DeskCheck(self.at.event).leaks(self.kind, row)

    def show_names(self, form: DeskForm) -> bool:
        """Put each name beside its field; whether there is one."""
        if self.row is None or form.is_bound or self.kind == "note":
            return False
        found = self.names(self.row)
        for name in form.fields:
            bound: Any = form[name]
            bound.names = [(one, answer_value(one)) for one in found if field_of(one, self.kind) == name]
        return bool(found)

    def delete(self) -> HttpResponse:
        """Throw the paper away. Raises what the actions raise."""
        if self.row is not None:
            self.sheet.papers.delete(self.row, self.at.person, was=self.request.POST.get("was", ""))
            messages.success(self.request, _("It is deleted."))
        if self.sheet.page == "desk":
            return redirect(self.at.address(self.row.item if self.row else None))
        return redirect(self.sheet.page, self.at.event.slug)

    def pair(self) -> HttpResponse:
        """Make a pair of two findings. Raises what the actions raise."""
        other = self.at.event.findings.filter(pk=id_of(self.request.POST.get("other", ""))).first()
        if self.kind != "finding" or self.row is None or other is None:
            raise ValidationError(_("Choose the other half."))
        pairs.pair(self.row, other, self.at.person, was=self.request.POST.get("was", ""))
        messages.success(self.request, _("They are a pair: “some participants … others”."))
        return redirect("finding", self.at.event.slug, self.row.pk)

    def unpair(self) -> HttpResponse:
        """Loosen a pair."""
        if self.kind != "finding" or self.row is None:
            raise ValidationError(_("That cannot be done here."))
        pairs.unpair(self.row, self.at.person)
        messages.success(self.request, _("Each stands for itself again."))
        return redirect("finding", self.at.event.slug, self.row.pk)

    def look(self, form: DeskForm) -> HttpResponse:
        """The paragraph as the chapter would print it."""
        if not form.is_valid():
            return self.page(form, 422)
        told, keys = form.cleaned_data, dict(self.at.event.findings.values_list("pk", "key"))
        keys |= dict(self.at.event.contributions.filter(pk__in=self.basis).values_list("pk", "key"))
        paragraph = {
            "id": self.row.key if self.row else "new", "item": told["item"].key, "origin": told["origin"],
            "text": told["text"], "basis": [keys[one] for one in self.basis if one in keys],
        }  # fmt: skip
        self.extra["preview"] = preview(self.at.event, paragraph, reverse("chapter", args=[self.at.event.slug]))
        return self.page(form)

    # ------------------------------------------------------------ the page

    def page(self, form: DeskForm, status: int = 200, changed: Any = None) -> HttpResponse:
        """The form's page. Where the paper was changed meanwhile it shows what stands there now, and starts there."""
        row, was = self.row, self.request.POST.get("was", "")
        is_changed = isinstance(changed, ChangedMeanwhile)
        if is_changed:
            row = self.sheet.papers.rows(self.at.event).filter(pk=row.pk).first() if row else None
            self.is_gone = row is None
        standing = self.sheet.papers.standing(row) if row is not None else None
        if standing and (is_changed or not was):
            was = standing.digest
        here = [self.at.event.slug, row.pk] if row is not None else [self.at.event.slug]
        context = {
            **self.at.context(), "form": form, "row": row, "was": was, "kind": self.kind, "sheet": self.sheet,
            "address": reverse(self.kind if row is not None else f"{self.kind}-new", args=here),
            "key": self.key(changed), "problems": self.problems, "rests": self.rests(), "status": status,
            "is_gone": self.is_gone, "theirs": self.theirs(form, standing) if standing and is_changed else [],
            "back": self.sheet.back(self.at, row) if row is not None else "",
            "changed": changed_marks(self.at).get(row.pk) if row is not None else None,
            "has_names": self.show_names(form),
            **self.counted(form), **self.marks(), **self.extra,
        }  # fmt: skip
        return render(self.request, f"rapporteur/{self.kind}.html", context, status=status)

    def key(self, changed: Any) -> str:
        """The key under which a new paper is made; a fresh one where the last was used up."""
        if isinstance(changed, KeyReused | ChangedMeanwhile):
            return secrets.token_urlsafe(16)
        sent = self.request.POST.get("key", "")
        return sent if KEY.fullmatch(sent) else secrets.token_urlsafe(16)

    def rests(self) -> list[Any]:
        """What it rests on, to be known again."""
        return chosen(self.at, self.basis) if self.sheet.papers.basis else []

    def theirs(self, form: DeskForm, standing: Any) -> list[tuple[str, Any]]:
        """(label, value) of all that the form offers and that stands otherwise now."""
        out: list[tuple[str, Any]] = []
        for name, value in standing.columns.items():
            if name not in form.fields:
                continue
            field: Any = form[name]
            if plain(value) != plain(field.value()):
                choices = dict(getattr(field.field, "choices", ()))
                out.append((field.label or name, choices.get(plain(value), value)))
        if standing.basis != self.basis:
            out += [(_("It rests on"), one.words) for one in chosen(self.at, standing.basis)]
        return out

    def counted(self, form: DeskForm) -> dict[str, Any]:
        """For what claims a level: what the record holds, and what each level would be."""
        if self.kind not in ("finding", "recommendation"):
            return {}
        event = self.at.event
        if self.kind == "finding" and self.row is not None:
            self.extra |= {"spoken": list(pairs.spoken_on(self.row)), "former": self.row.former.all()}
        counted = agreement(event, unseen(event))
        changed = changed_papers(event).get(self.row.pk) if self.row is not None else None
        basis = [one for one in self.basis if changed is None or one not in changed.unconfirmed]
        if self.kind == "recommendation":
            proposal = for_recommendation(counted, basis)
        else:
            item = self.item_of(form)
            proposal = for_finding(counted, item, basis, self.row)
        level = form["level"].value() or ""
        if not (level or form.is_bound or self.row) and self.kind == "finding":
            level = proposal.level
        others = event.findings.exclude(pk=self.row.pk) if self.kind == "finding" and self.row else ()
        return {"proposal": proposal, "level": level, "bar": bar_of(proposal), "others": others,
                "verdict": proposal.verdict(level) if level else ""}  # fmt: skip

    def item_of(self, form: DeskForm) -> Any:
        """The id of the item that a finding's form has."""
        rows: dict[str, Any] = form.fields["item"].rows  # type: ignore[attr-defined]
        item = rows.get(code(form["item"].value()))
        return item.pk if item else self.row and self.row.item_id

    def marks(self) -> dict[str, Any]:
        """For a paragraph: everything that a mark can lead to."""
        if self.kind != "paragraph":
            return {}
        event = self.at.event
        return {
            "persons": event.attendees.all(), "findings": event.findings.select_related("item").order_by("position"),
            "footnotes": event.footnotes.select_related("source"),
        }  # fmt: skip


def field_of(one: Leak, kind: str) -> str:
    """The field of a form beside which a find stands; with a note, its source's at the choice of the source."""
    if kind == "footnote" and one.place.field not in ("text", "page"):
        return "source"
    return one.place.field


def plain(value: Any) -> str:
    """A value as a form would send it."""
    return code(value).replace("\r\n", "\n")


def bar_of(proposal: Proposal) -> Any:
    """The bar of a finding's proposal; a recommendation has only numbers."""
    return of_holding(proposal.holding) if proposal.holding and not proposal.is_unseen else None
