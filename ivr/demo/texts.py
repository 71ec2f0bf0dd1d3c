"""What people of the demo are called, and what they say and write."""

from __future__ import annotations

from itertools import product
from random import Random

_FIRST_NAMES = """
Anna Anton Astrid Balázs Bence Birgit Bjarne Camilla Christian Clara Dace Dániel Ditte Edīte Elena Emil
Emma Erik Eszter Freja Gábor George Grete Hanna Hans Ida Ilze Inga Ivan Jakob Jānis Jens Johanne Jonas
Judit Karen Kata Kristīne Lars Laura Lena Lilla Linda Liam Līga Mads Magda Maja Maria Mária Martin Mette
Mia Mikkel Nana Nikoloz Nino Noah Oliver Olga Oskar Péter Pia Poul Priya Réka Rasmus Ruth Salome Signe
Sofie Søren Tamar Tamás Thomas Tove Ulla Valdis Vera Viktor William Yusuf Zane Zoltán Zsófia
"""
FIRST_NAMES = tuple(_FIRST_NAMES.split())
_LAST_NAMES = """
Andersen Bērziņš Bak Balogh Beridze Brandt Carlsen Christensen Dahl Dalgaard Eriksen Farkas Fischer
Frandsen Gade Gelashvili Hansen Holm Horváth Iversen Jansone Jensen Jespersen Johansen Jørgensen Kalniņa
Kapanadze Kjær Klausen Knudsen Kovács Krogh Larsen Lauridsen Lind Liepiņa Lund Madsen Mikkelsen Molnár
Mortensen Munk Møller Nagy Nielsen Nørgaard Olesen Olsen Ozoliņš Paulsen Pedersen Petersen Poulsen
Rasmussen Schmidt Simonsen Smith Sørensen Szabó Tóth Thomsen Varga Vestergaard Vītols Winther Wolff
Østergaard
"""
LAST_NAMES = tuple(_LAST_NAMES.split())
_TREES = "Ahorn Birke Bøge Elme Fyr Gran Hassel Hyben Kastanje Kirsebær Linde Pile Poppel Rønne Tjørne Ulve"
_WAYS = "vej gade stræde bakken vangen parken alléen toften haven kæret engen"
STREETS = tuple(f"{tree}{way}" for tree, way in product(_TREES.split(), _WAYS.split()))
SAID = (
    "the meter shows {n} units more than the bill says",
    "nobody has come to read the meter although you promised {day}",
    "I have waited {n} days for an answer about my bill",
    "the street lamp in {street} flickers all night",
    "there is no power in {street} since {day} evening",
    "the bill of {day} was paid twice please send the money back",
    "I moved to {street} {n} and want to take my contract along",
    "your technician was very kind and had it mended within {n} minutes",
    "please explain the charge of {n} crowns on the last page",
    "the cable box in {street} stands open and children play beside it",
    "I would suggest that the reading can be given by text message",
    "the voltage drops every {day} around noon and the oven stops",
    "the person I talked to on {day} has not called back",
    "solar panels on {street} {n} were connected but nothing is paid out",
)
NOTED = (
    "explained the charge of {n} crowns, caller is content",
    "meter in {street} to be read again on {day}",
    "promised an answer until {day}",
    "double payment seen, refund ordered",
    "moved to {street} {n}, contract taken along",
    "wrong option, wanted complaints",
    "outage in {street} known, technician on the way",
    "caller was upset at first, calm in the end",
    "needs the bill in large print",
    "instalments of {n} crowns agreed",
    "",
)
ANSWERED = (
    "Thank you for calling. We have looked into it and will answer until {day}.",
    "Your meter in {street} will be read again on {day}.",
    "We are sorry. {n} crowns come back with the next bill.",
    "It is mended. Please tell us if anything is still wrong.",
)
REPLIED = ("Thank you, all is well now.", "Still not solved, please call me on {day}.", "When exactly on {day}?")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def drawn(texts: tuple[str, ...], chance: Random) -> str:
    """Draw one text and fill it in."""
    text = chance.choice(texts)
    if "{" not in text:
        return text
    return text.format(n=chance.randrange(2, 400), street=chance.choice(STREETS), day=chance.choice(DAYS))
