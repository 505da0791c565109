"""An event that is being set up, as the tests of coming in begin with: its convenor, a closed table, a forum, people."""

import datetime

from django.test import Client

from dialogue.convening import spreadsheet
from dialogue.convening.actions import events, invitations, people, programme, sessions
from dialogue.entrance import actions as entrance
from dialogue.events.models import Attendee, Event, Session
from dialogue.people.models import Person

SITE = "https://table.invalid"
DAY = datetime.date(2027, 3, 2)
ROWS = """Ann Webb\tann@people.invalid\tDean\tCollege\tuniversity\tmoderator
Ray Crabbe\tray@people.invalid\tPresident\tInstitute\tmilitary\tparticipant
Peter Kinsman\tpeter@people.invalid\tProfessor\tUniversity\tuniversity\tparticipant
Olu Bello\t\t\tEmbassy\tgovernment\tobserver"""


class Prepared:
    """The event with its doors shut; `connie` sets it up."""

    def __init__(self, attribution: str = "chatham_house"):
        self.connie = entrance.may_convene("connie@house.invalid", "Connie Venor")
        facts = {
            "title": "Rivers", "date": DAY, "time_zone": "Europe/Paris", "language": "en", "convenor_name": "House",
        }  # fmt: skip
        self.event = events.set_up(self.connie, facts)
        self.table = self.event.sessions.get()
        told = {
            "title": "The table",
            "kind": "roundtable",
            "access": "closed",
            "date": DAY,
            "starts": None,
            "ends": None,
        }
        sessions.change_session(self.table, self.connie, {**told, "attribution": attribution})
        programme.add_points(self.event, self.connie, [(0, "Water"), (1, "Weirs"), (0, "Fish")])
        people.take_in(self.table, self.connie, spreadsheet.read(ROWS))
        self.again()

    def again(self) -> None:
        """As the database has it now."""
        self.event = Event.objects.get(pk=self.event.pk)
        self.table = Session.objects.select_related("event").get(pk=self.table.pk)

    def one(self, name: str) -> Attendee:
        return Attendee.objects.select_related("event", "person").get(event=self.event, name=name)

    def invite(self, *names: str) -> None:
        chosen = [self.one(name) for name in names] or list(self.event.attendees.select_related("event", "person"))
        invitations.invite(self.event, self.connie, chosen, SITE)

    def open(self) -> None:
        events.open_doors(self.event, self.connie)
        self.again()

    def client(self, person: Person | None) -> Client:
        client = Client()
        if person:
            client.force_login(person)
        return client

    def invited(self, name: str) -> Client:
        """Somebody who was invited, signed in."""
        if self.one(name).person is None:
            self.invite(name)
        return self.client(self.one(name).person)

    def agree(self, client: Client, rule: str = "chatham_house", **more: str):
        names = {f"names-{self.table.key}": self.table.names_in_room}
        told = {**names, f"rule-{self.table.key}": rule, "name": "As I am printed", "listed": "on", **more}
        return client.post(f"/events/{self.event.slug}/welcome/", told)

    @property
    def at(self) -> str:
        return f"/events/{self.event.slug}/"

    @property
    def table_page(self) -> str:
        return f"{self.at}table/{self.table.key}/"
