"""The ways by which a rehearsal's units answer: named, and chosen the same in every run."""

import pytest

from models.castings import Casting
from models.errors import UsageError
from models.rehearsal_ways import BY_SERVICE, Way, read_ways, way_of
from models.scenarios import Scenario

BOTH = frozenset({Way.PORTAL, Way.MAIL})
CASTING = Casting(
    scenario=Scenario(id="s", name="S", seed=1), units={}, joint=None, refused=frozenset()
)


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("", BY_SERVICE),
        ("service", BY_SERVICE),
        ("portal", {Way.PORTAL}),
        (" mail , portal,", BOTH),
    ],
)
def test_ways_are_named_in_a_list(text: str, ways: frozenset[Way]) -> None:
    assert read_ways(text) == ways


@pytest.mark.parametrize(("text", "told"), [("fax", "fax"), ("service,mail", "service")])
def test_a_way_that_is_none_is_refused(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        read_ways(text)


def chosen(obligation: str, possible: frozenset[Way]) -> Way:
    return way_of(CASTING, obligation, 1, ways=BOTH, possible=possible)


def test_answers_are_split_by_the_seed_the_same_every_time() -> None:
    split = [chosen(f"p/PSL/thon-{n}/1", BOTH) for n in range(40)]
    assert split == [chosen(f"p/PSL/thon-{n}/1", BOTH) for n in range(40)]
    assert 10 < split.count(Way.MAIL) < 30


def test_what_cannot_be_said_by_mail_goes_by_the_pages() -> None:
    only_portal = frozenset({Way.SERVICE, Way.PORTAL})
    assert {chosen(f"p/BC/u-{n}/1", only_portal) for n in range(20)} == {Way.PORTAL}
    mail = frozenset({Way.MAIL})
    assert way_of(CASTING, "p/BC/u/1", 1, ways=mail, possible=only_portal) is Way.PORTAL
