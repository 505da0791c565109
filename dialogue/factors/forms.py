"""What comes in about a second factor."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

APP, RECOVERY = 6, 8  # digits


class CodeForm(forms.Form):
    """A code of the app, or a recovery code: with blanks and dashes, as people copy it."""

    code = forms.CharField(
        label=_("The code from your app, or a recovery code"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
        error_messages={"required": _("Write the code.")},
    )  # fmt: skip
    lengths = {APP, RECOVERY}
    too_odd = _("The app’s codes have six digits, recovery codes eight.")

    def clean_code(self) -> str:
        """The digits alone. Raises ValidationError where they cannot be a code."""
        digits = "".join(sign for sign in self.cleaned_data["code"] if sign.isdecimal())
        if len(digits) not in self.lengths or not digits.isascii():
            raise ValidationError(self.too_odd)
        return digits


class AppForm(CodeForm):
    """The first code of an app that is being added."""

    lengths = {APP}
    too_odd = _("The app shows six digits.")

    def __init__(self, *told: object, **more: object):
        super().__init__(*told, **more)  # type: ignore[arg-type]
        self.fields["code"].label = _("The code that the app shows now")


class PasskeyForm(forms.Form):
    """A passkey that the browser has made, with the name that its owner knows it by."""

    name = forms.CharField(
        label=_("A name for it"), max_length=60, required=False,
        help_text=_("So that you know it again: “office laptop”, “blue key”."),
    )  # fmt: skip
    credential = forms.CharField(widget=forms.HiddenInput, max_length=64 * 1024)

    def clean_name(self) -> str:
        """The name, or a plain one."""
        return self.cleaned_data["name"] or str(_("Passkey"))
