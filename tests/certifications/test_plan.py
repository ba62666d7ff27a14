"""Which way a search goes: a matter of cost only."""

from apps.certifications.rules.plan import Expected, Way, choose

NATION = {"total": 4_200_000, "per_holder": 3.8, "wanted": 21, "share": 1.0, "reach": 1.0}


def test_frequent_words_walk_and_rare_words_gather():
    assert choose([Expected(220_000, 0)], **NATION).way == Way.WALK
    assert choose([Expected(40, 100)], **NATION).way == Way.GATHER


def test_the_rarest_word_leads():
    assert choose([Expected(900, 900), Expected(3, 5)], **NATION).leader == 1


def test_a_small_register_gathers_what_it_knows_nothing_of():
    assert choose([Expected(0, 0)], **{**NATION, "total": 0}).way == Way.GATHER


def test_a_narrow_filter_makes_walking_cheap():
    middling = [Expected(3_000, 3_000)]
    assert choose(middling, **NATION).way == Way.GATHER
    assert choose(middling, **{**NATION, "reach": 0.0004}).way == Way.WALK


def test_without_words_there_is_only_the_walk():
    assert choose([], **NATION).way == Way.WALK
