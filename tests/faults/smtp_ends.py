"""What becomes of a letter for each way a relay may fail: the table that the whole path is held to."""

from dataclasses import dataclass

from models.letters import LetterKind

REMINDER, REQUEST, FINAL = (
    LetterKind.REMIND_TODAY,
    LetterKind.FOR_DECISION,
    LetterKind.DISPATCH,
)
KINDS = (REMINDER, REQUEST, FINAL)


@dataclass(frozen=True)
class End:
    """One class of faults: the state right after it and when all is over, by kind."""

    at_once: str
    in_the_end: tuple[str, str, str]  # of a reminder, a request, the final report
    action: str  # in the journal
    most_more: tuple[int, int, int] = (0, 0, 0)  # copies beside the one the faulty relay took
    alarms: tuple[str, str, str] = ("", "", "")  # a kind that must stand, or have stood


# The relay failed, not the letter: breaker, no attempt lost.
RELAY = End("ready", ("accepted",) * 3, "relay.failed", (1, 1, 1))
# The letter comes back by its schedule.
LATER = End("ready", ("accepted",) * 3, "letter.refused_temporarily", (1, 1, 1))
UNSENT = End("ready", ("accepted",) * 3, "letter.not_sent", (1, 1, 1))
FULL = End("ready", ("accepted",) * 3, "letter.refused_permanently", (1, 1, 1))
# Nobody's address is to blame, or it is dead: somebody is told. A dead address's letter goes to the
# next contact, where there is one.
REFUSED = End(
    "refused", ("refused",) * 3, "letter.refused_permanently", (0, 0, 0),
    ("letter.needs_human",) * 3,
)  # fmt: skip
DEAD = End(
    "refused", ("refused",) * 3, "letter.refused_permanently", (0, 1, 1),
    ("bounce", "bounce", "bounce"),
)  # fmt: skip
# A reminder counts as sent; a request goes once more; of the final report a person is told, and
# near the end it goes once more.
UNKNOWN = End("unknown", ("accepted",) * 3, "letter.unknown", (0, 1, 1), ("", "", "letter.unknown"))
TAKEN = End("accepted", ("accepted",) * 3, "letter.accepted")

_OF_RELAY = """connection refused; no such host; greeting dropped; greeting reset; greeting silent;
greeting 421; greeting 554; greeting garbage; greeting endless; EHLO dropped; EHLO silent; EHLO 421;
MAIL 421; MAIL 451; MAIL 550 5.7.1; MAIL dropped; MAIL reset; MAIL silent; MAIL garbage; RCPT 421;
DATA 421; body 421; dot 421"""
_LATER = "RCPT 450; RCPT 452 full; DATA 451; dot 451"
_UNSENT = """RCPT dropped; RCPT reset; RCPT silent; RCPT endless; DATA 250; DATA dropped;
DATA silent; body dropped; body reset; body 250; body not read"""
_FULL = "RCPT 552"
_REFUSED = """MAIL 550; MAIL 552; DATA 503; DATA 554; body 552; body 552, then closed;
big body 552, then reset; dot 550; dot 554; dot 554, then silent"""
_DEAD = """RCPT 550; RCPT 550, DATA 354; RCPT 550, DATA dropped; RCPT 550, DATA silent;
RCPT 550, RSET 500"""
_UNKNOWN = """dot dropped, taken; dot dropped, not taken; dot reset, taken; dot reset, not taken;
dot silent, taken; dot silent, not taken; dot half a line; dot half a line, dropped;
dot half of two lines; dot of two minds; dot garbage; dot without a number; dot with no number;
dot 354; dot 999; dot endless line; dot endless lines"""
_TAKEN = """EHLO 502; sound; dot 251; dot 252; dot 250 octet by octet; dot 250 in lines;
dot 250 without text; 250, then 421; 250, then dropped; 250, then reset; 250, then a flood;
QUIT silent; QUIT 500; QUIT dropped"""


def _named(text: str, end: End) -> dict[str, End]:
    return {" ".join(name.split()): end for name in text.split(";")}


ENDS = {
    name: end
    for text, end in (
        (_OF_RELAY, RELAY), (_LATER, LATER), (_UNSENT, UNSENT), (_FULL, FULL),
        (_REFUSED, REFUSED), (_DEAD, DEAD), (_UNKNOWN, UNKNOWN), (_TAKEN, TAKEN),
    )
    for name, end in _named(text, end).items()
}  # fmt: skip
