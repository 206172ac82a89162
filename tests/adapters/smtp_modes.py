"""Every way a relay may fail, and what the line must say about the letter; reused by the faults.

Each answer is given once; afterwards the relay is sound again.
"""

from dataclasses import dataclass, field

from adapters.smtp import RelaySettings, SmtpTimeouts, TlsMode
from models.letters import Verdict
from tests.adapters.faulty_relay import DROP, HANG, RESET, STALL, Answer, FaultyRelay, Raw

A, T, P, N, U = (
    Verdict.ACCEPTED,
    Verdict.REFUSED_TEMPORARILY,
    Verdict.REFUSED_PERMANENTLY,
    Verdict.NOT_SENT,
    Verdict.UNKNOWN,
)
LETTER = b"Subject: x\r\n\r\n.dot\r\n.\r\nend\r\n"
BIG_LETTER = b"Subject: x\r\n\r\n" + b"QUJD\r\n" * 2_000_000  # more than the kernel takes
ENVELOPE_KEYS = frozenset({"MAIL", "RCPT", "DATA", "BODY", "DOT", "AFTER"})
SHORT_SECONDS, LONG_SECONDS = 0.25, 20.0


@dataclass(frozen=True)
class FaultMode:
    """One fault, and the verdict, phase and code that are right for it."""

    name: str
    answers: dict[str, Answer]
    verdict: Verdict
    phase: str = "data"
    code: int | None = None
    taken: int = 0  # letters that the relay really took
    short: str = ""  # the timeout that ends this mode, without "_seconds"
    letter: bytes = field(default=LETTER, repr=False)
    mark_seconds: float = 0  # between the letter and its dot
    is_listening: bool = True
    host: str = "127.0.0.1"
    needs_pipelining: bool = False

    @property
    def is_of_an_envelope(self) -> bool:
        """Whether it strikes a connection that already stands."""
        return self.is_listening and set(self.answers) <= ENVELOPE_KEYS

    @property
    def looks_stale(self) -> bool:
        """Whether a line that had been idle tries it once more on a new connection."""
        return self.phase == "mail" and (self.code is None or self.code == 421)

    def relay(self, *, is_pipelining: bool, letters_before: int = 0) -> FaultyRelay:
        """A relay that fails this way once, after so many letters that go well."""
        answers: dict[str, Answer | list[Answer | None]] = {
            key: [*[None] * letters_before, answer] for key, answer in self.answers.items()
        }
        return FaultyRelay(answers, extensions=("PIPELINING",) if is_pipelining else ())

    def settings(self, port: int) -> RelaySettings:
        """What a line needs to meet the fault soon."""
        seconds = dict.fromkeys(("connect", "command", "data", "block", "dot"), LONG_SECONDS)
        if self.short:
            seconds[self.short] = SHORT_SECONDS
        timeouts = SmtpTimeouts.model_validate({f"{k}_seconds": v for k, v in seconds.items()})
        is_here = self.host == "127.0.0.1"
        tls = TlsMode.NONE if is_here else TlsMode.STARTTLS
        return RelaySettings(host=self.host, port=port, timeouts=timeouts, tls=tls)


def _connecting(name: str, key: str, answer: Answer, code: int | None = None) -> FaultMode:
    is_silent = HANG in {answer, getattr(answer, "then", "")}
    return FaultMode(name, {key: answer}, N, "connect", code, short="command" if is_silent else "")


def _envelope(name: str, answer: Answer, verdict: Verdict, code: int | None = None) -> FaultMode:
    key = name.split(maxsplit=1)[0]
    short = "data" if key == "DATA" else "command"
    is_silent = HANG in {answer, getattr(answer, "then", "")}
    short = short if is_silent else ""
    return FaultMode(name, {key: answer}, verdict, key.lower(), code, short=short)


def _body(name: str, answer: Answer, verdict: Verdict, code: int | None = None) -> FaultMode:
    return FaultMode(name, {"BODY": answer}, verdict, code=code, mark_seconds=0.1)


def _dot(
    name: str,
    answer: Answer,
    verdict: Verdict,
    code: int | None = None,
    *,
    taken: int | None = None,
) -> FaultMode:
    short = "dot" if HANG in {answer, getattr(answer, "then", "")} else ""
    was_taken = int(verdict is A) if taken is None else taken
    return FaultMode(name, {"DOT": answer}, verdict, code=code, taken=was_taken, short=short)


def _after(name: str, answers: dict[str, Answer]) -> FaultMode:
    return FaultMode(name, answers, A, code=250, taken=1)


def _said(octets: bytes, then: str = "", *, keeps: bool = True, is_slow: bool = False) -> Raw:
    return Raw(octets, then=then, keeps=keeps, is_slow=is_slow)


CONNECTING = (
    FaultMode("connection refused", {}, N, "connect", is_listening=False),
    FaultMode("no such host", {}, N, "connect", is_listening=False, host="khong-co.invalid"),
    _connecting("greeting dropped", "greeting", DROP),
    _connecting("greeting reset", "greeting", RESET),
    _connecting("greeting silent", "greeting", HANG),
    _connecting("greeting 421", "greeting", "421 busy", 421),
    _connecting("greeting 554", "greeting", "554 no", 554),
    _connecting("greeting garbage", "greeting", "hello"),
    _connecting("greeting endless", "greeting", Raw(b"220-" + b"x" * 100_000, then=HANG)),
    _connecting("EHLO dropped", "EHLO", DROP),
    _connecting("EHLO silent", "EHLO", HANG),
    _connecting("EHLO 421", "EHLO", "421 busy", 421),
    FaultMode("EHLO 502", {"EHLO": "502 what"}, A, code=250, taken=1),
)
ENVELOPES = (
    _envelope("MAIL 421", "421 busy", T, 421),
    _envelope("MAIL 451", "451 later", T, 451),
    _envelope("MAIL 550", "550 no", P, 550),
    _envelope("MAIL 550 5.7.1", "550 5.7.1 not you", N, 550),
    _envelope("MAIL 552", "552 too much", P, 552),
    _envelope("MAIL dropped", DROP, N),
    _envelope("MAIL reset", RESET, N),
    _envelope("MAIL silent", HANG, N),
    _envelope("MAIL garbage", "what?", N),
    _envelope("RCPT 421", "421 busy", T, 421),
    _envelope("RCPT 450", "450 later", T, 450),
    _envelope("RCPT 452 full", "452 4.2.2 mailbox full", T, 452),
    _envelope("RCPT 550", "550 5.1.1 unknown", P, 550),
    _envelope("RCPT 552", "552 5.2.2 full", P, 552),
    FaultMode("RCPT 550, DATA 354", {"RCPT": "550 no", "DATA": "354 go"}, P, "rcpt", 550),
    FaultMode("RCPT 550, DATA dropped", {"RCPT": "550 no", "DATA": DROP}, P, "rcpt", 550,
              needs_pipelining=True),
    FaultMode("RCPT 550, DATA silent", {"RCPT": "550 no", "DATA": HANG}, P, "rcpt", 550,
              needs_pipelining=True, short="command"),
    FaultMode("RCPT 550, RSET 500", {"RCPT": "550 no", "RSET": "500 what"}, P, "rcpt", 550),
    _envelope("RCPT dropped", DROP, N),
    _envelope("RCPT reset", RESET, N),
    _envelope("RCPT silent", HANG, N),
    _envelope("RCPT endless", Raw(b"250 " + b"x" * 1_000_000, then=HANG), N),
    _envelope("DATA 421", "421 busy", T, 421),
    _envelope("DATA 451", "451 later", T, 451),
    _envelope("DATA 503", "503 order", P, 503),
    _envelope("DATA 554", "554 no", P, 554),
    _envelope("DATA 250", "250 what", N, 250),
    _envelope("DATA dropped", DROP, N),
    _envelope("DATA silent", HANG, N),
)  # fmt: skip
BODIES = (
    _body("body dropped", DROP, N),
    _body("body reset", RESET, N),
    _body("body 421", "421 busy", T, 421),
    _body("body 552", "552 too big", P, 552),
    _body("body 552, then closed", Raw(b"552 too big\r\n", then=DROP), P, 552),
    _body("body 250", "250 what", N, 250),
    FaultMode("body not read", {"BODY": STALL}, N, short="block", letter=BIG_LETTER),
    FaultMode("big body 552, then reset", {"BODY": Raw(b"552 too big\r\n", then=RESET)},
              P, code=552, letter=BIG_LETTER),
)  # fmt: skip
DOTS = (
    _dot("sound", "250 2.0.0 queued", A, 250),
    _dot("dot 251", "251 forwarded", A, 251),
    _dot("dot 252", "252 cannot verify", A, 252),
    _dot("dot 250 octet by octet", _said(b"250 2.0.0 queued\r\n", is_slow=True), A, 250),
    _dot("dot 250 in lines", _said(b"250-2.0.0 queued\r\n250-as\r\n250 A1\r\n"), A, 250),
    _dot("dot 250 without text", _said(b"250\r\n"), A, 250),
    _dot("dot 421", "421 busy", T, 421),
    _dot("dot 451", "451 later", T, 451),
    _dot("dot 550", "550 no", P, 550),
    _dot("dot 554", "554 5.7.1 content", P, 554),
    _dot("dot 554, then silent", Raw(b"554 5.7.1 content\r\n", then=HANG), P, 554),
    _dot("dot dropped, taken", Raw(then=DROP, keeps=True), U, taken=1),
    _dot("dot dropped, not taken", Raw(then=DROP), U, taken=0),
    _dot("dot reset, taken", Raw(then=RESET, keeps=True), U, taken=1),
    _dot("dot reset, not taken", Raw(then=RESET), U, taken=0),
    _dot("dot silent, taken", Raw(then=HANG, keeps=True), U, taken=1),
    _dot("dot silent, not taken", Raw(then=HANG), U, taken=0),
    _dot("dot half a line", _said(b"250 2.0", HANG), U, taken=1),
    _dot("dot half a line, dropped", _said(b"250 2.0", DROP), U, taken=1),
    _dot("dot half of two lines", _said(b"250-2.0.0 queued\r\n", HANG), U, taken=1),
    _dot("dot of two minds", _said(b"250-queued\r\n554 no\r\n", HANG), U, taken=1),
    _dot("dot garbage", _said(bytes(range(256)) + b"\r\n", HANG), U, taken=1),
    _dot("dot without a number", "OK queued", U, taken=1),
    _dot("dot with no number", "2x0 queued", U, taken=1),
    _dot("dot 354", "354 what", U, 354, taken=1),
    _dot("dot 999", "999 what", U, 999, taken=1),
    _dot("dot endless line", _said(b"250 " + b"x" * 1_000_000, HANG), U, taken=1),
    _dot("dot endless lines", _said(b"250-x\r\n" * 20_000, HANG), U, taken=1),
)
AFTERS = (
    _after("250, then 421", {"AFTER": "421 idle"}),
    _after("250, then dropped", {"AFTER": DROP}),
    _after("250, then reset", {"AFTER": RESET}),
    _after("250, then a flood", {"AFTER": Raw(b"250 x\r\n" * 10_000)}),
    _after("QUIT silent", {"QUIT": HANG}),
    _after("QUIT 500", {"QUIT": "500 what"}),
    _after("QUIT dropped", {"QUIT": DROP}),
)
FAULT_MODES = (*CONNECTING, *ENVELOPES, *BODIES, *DOTS, *AFTERS)
