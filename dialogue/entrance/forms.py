"""What comes in when somebody signs in."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

DIGITS = 6  # of a code


class AddressForm(forms.Form):
    """The address that the code is sent to."""

    email = forms.EmailField(
        label=_("Your e-mail address"), max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={
            "required": _("Write the address that your invitation came to."),
            "invalid": _("This is no e-mail address. It looks like name@example.org."),
        },
    )  # fmt: skip


class CodeForm(forms.Form):
    """The code as it was typed: with blanks and dashes, as people copy it."""

    code = forms.CharField(
        label=_("The code from the mail"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
        error_messages={"required": _("Write the six digits from the mail.")},
    )  # fmt: skip

    def clean_code(self) -> str:
        """The digits alone. Raises ValidationError where there are not six."""
        digits = "".join(sign for sign in self.cleaned_data["code"] if sign.isdecimal())
        if len(digits) != DIGITS or not digits.isascii():
            raise ValidationError(_("A code has six digits. Look at the latest mail."))
        return digits
