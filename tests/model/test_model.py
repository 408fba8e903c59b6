"""The model itself, on cases written by hand from the design's page on merging. Needs no program."""
import unittest

from merge_model import DISPUTED, Model, Op, Tx

SECTION = "s"
EPOCHS = {"e": (), "f": ("e",), "g": (), "m": ("e", "g")}


def op(kind, field=None, value=None, thing="x", epoch="e"):
    return Op(kind, SECTION, epoch, thing, "goal", field, value)


def tx(chain, n, *ops, **seen):
    return Tx(chain, n, seen, ops)


def put(value, **more):
    return op("set", "date", value, **more)


def model(*transactions, readable=None):
    return Model(transactions, EPOCHS, readable)


class Case(unittest.TestCase):
    def one(self, *transactions, readable=None):
        return model(*transactions, readable=readable).content()[SECTION, "x"]

    def assert_heads(self, expected, *transactions, readable=None):
        heads = self.one(*transactions, readable=readable).heads["date"]
        self.assertEqual(sorted((h.tx.chain, h.tx.n, h.op.value) for h in heads), sorted(expected))

    def assert_removed(self, expected, *transactions):
        self.assertEqual(self.one(*transactions).removed, expected)


class Past(Case):
    def test_a_chain_is_in_order(self):
        self.assert_heads([("a", 2, "2")], tx("a", 1, put("1")), tx("a", 2, put("2")))

    def test_what_was_seen_is_superseded(self):
        self.assert_heads([("b", 1, "2")], tx("a", 1, put("1")), tx("b", 1, put("2"), a=1))

    def test_what_came_later_on_a_seen_chain_was_not_seen(self):
        self.assert_heads([("a", 2, "2"), ("b", 1, "3")],
                          tx("a", 1, put("1")), tx("a", 2, put("2")), tx("b", 1, put("3"), a=1))

    def test_seen_through_another(self):
        self.assert_heads([("c", 1, "3")],
                          tx("a", 1, put("1")), tx("b", 1, put("2", thing="y"), a=1), tx("c", 1, put("3"), b=1))

    def test_seen_through_anothers_earlier_record(self):
        self.assert_heads([("c", 1, "3")], tx("a", 1, put("1")), tx("b", 1, put("2", thing="y"), a=1),
                          tx("b", 2, put("2", thing="z")), tx("c", 1, put("3"), b=2))

    def test_what_the_writers_own_chain_had_seen_before(self):
        self.assert_heads([("b", 2, "3")], tx("a", 1, put("1")), tx("b", 1, put("2", thing="y"), a=1),
                          tx("b", 2, put("3")))

    def test_arrival_order_means_nothing(self):
        three = [tx("a", 1, put("1")), tx("b", 1, put("2"), a=1), tx("c", 1, put("3"))]
        for order in (three, three[::-1], three[1:] + three[:1]):
            self.assert_heads([("b", 1, "2"), ("c", 1, "3")], *order)

    def test_an_epoch_that_could_not_be_opened_was_not_seen(self):
        self.assert_heads([("a", 1, "1"), ("b", 1, "2")], tx("a", 1, put("1")), tx("b", 1, put("2", epoch="g"), a=1))

    def test_an_ancestor_epoch_was_seen(self):
        self.assert_heads([("b", 1, "2")], tx("a", 1, put("1")), tx("b", 1, put("2", epoch="f"), a=1))

    def test_a_later_epoch_was_not_seen_by_an_earlier_one(self):
        self.assert_heads([("a", 1, "1"), ("b", 1, "2")], tx("a", 1, put("1", epoch="f")), tx("b", 1, put("2"), a=1))

    def test_an_epoch_after_two_has_both_behind_it(self):
        self.assert_heads([("c", 1, "3")], tx("a", 1, put("1")), tx("b", 1, put("2", epoch="g")),
                          tx("c", 1, put("3", epoch="m"), a=1, b=1))

    def test_what_cannot_be_read_does_not_count(self):
        self.assert_heads([("a", 1, "1")], tx("a", 1, put("1")), tx("b", 1, put("2", epoch="f"), a=1), readable={"e"})

    def test_seen_through_what_cannot_be_read(self):
        self.assert_heads([("c", 1, "3")], tx("a", 1, put("1")), tx("b", 1, put("2", epoch="g"), a=1),
                          tx("c", 1, put("3"), b=1), readable={"e"})


class Registers(Case):
    def test_two_values_are_a_conflict(self):
        m = model(tx("a", 1, put("1")), tx("b", 1, put("2")))
        self.assertEqual(m.conflicts(), {(SECTION, "x", "date"): {"1", "2"}})

    def test_equal_values_are_none_but_two_heads(self):
        both = tx("a", 1, put("1")), tx("b", 1, put("1"))
        self.assertEqual(model(*both).conflicts(), {})
        self.assert_heads([("a", 1, "1"), ("b", 1, "1")], *both)

    def test_unset_against_a_value_is_a_conflict(self):
        self.assertEqual(len(model(tx("a", 1, put("1")), tx("b", 1, put(None))).conflicts()), 1)

    def test_settling_has_all_heads_in_its_past(self):
        settled = tx("a", 1, put("1")), tx("b", 1, put("2")), tx("c", 1, put("2"), a=1, b=1)
        self.assert_heads([("c", 1, "2")], *settled)
        self.assertEqual(model(*settled).conflicts(), {})

    def test_two_settling_at_once_are_concurrent_again(self):
        self.assert_heads([("a", 2, "1"), ("b", 2, "2")], tx("a", 1, put("1")), tx("b", 1, put("2")),
                          tx("a", 2, put("1"), b=1), tx("b", 2, put("2"), a=1))

    def test_settling_half_leaves_the_other_head(self):
        self.assert_heads([("c", 1, "3"), ("d", 1, "4")], tx("a", 1, put("1")), tx("b", 1, put("2")),
                          tx("c", 1, put("3"), a=1, b=1), tx("d", 1, put("4")))

    def test_one_save_is_in_order_too(self):
        self.assert_heads([("a", 1, "2")], tx("a", 1, put("1"), put("2")))

    def test_one_object_in_two_sections_is_two(self):
        other = put("2")._replace(section="t")
        self.assertEqual(set(model(tx("a", 1, put("1"), other)).content()), {("s", "x"), ("t", "x")})


class Sets(Case):
    def members(self, *transactions):
        return self.one(*transactions).members["needs"]

    def add(self, value):
        return op("add", "needs", value)

    def drop(self, value):
        return op("drop", "needs", value)

    def test_drop_removes_what_it_had_seen(self):
        self.assertEqual(self.members(tx("a", 1, self.add("u")), tx("b", 1, self.drop("u"), a=1)), set())

    def test_drop_does_not_remove_what_it_had_not_seen(self):
        self.assertEqual(self.members(tx("a", 1, self.add("u")), tx("b", 1, self.add("u"), a=1),
                                      tx("a", 2, self.drop("u"))), {"u"})

    def test_added_again_after_the_drop(self):
        self.assertEqual(self.members(tx("a", 1, self.add("u")), tx("a", 2, self.drop("u")), tx("a", 3, self.add("u"))),
                         {"u"})

    def test_members_are_dropped_one_by_one(self):
        self.assertEqual(self.members(tx("a", 1, self.add("u"), self.add("v")), tx("a", 2, self.drop("u"))), {"v"})


class Entries(Case):
    def test_all_stay_in_order(self):
        m = model(tx("a", 1, op("append", "minutes", "1")), tx("b", 1, op("append", "minutes", "2"), a=1),
                  tx("c", 1, op("append", "minutes", "1")))
        entries = sorted(m.content()[SECTION, "x"].entries["minutes"], key=lambda p: p.tx.chain)
        self.assertEqual([e.op.value for e in entries], ["1", "2", "1"])
        a, b, c = entries
        self.assertTrue(m.in_order([a, b, c]))
        self.assertTrue(m.in_order([c, a, b]))
        self.assertFalse(m.in_order([b, a, c]))


class Removal(Case):
    def test_removed_having_seen_all(self):
        removed = tx("a", 1, put("1")), tx("b", 1, op("remove"), a=1)
        self.assert_removed("yes", *removed)
        self.assertEqual(self.one(*removed).heads, {})

    def test_removed_here_and_edited_there(self):
        both = tx("a", 1, put("1")), tx("b", 1, op("remove"), a=1), tx("a", 2, put("2"))
        self.assert_removed("disputed", *both)
        self.assert_heads([("a", 2, "2")], *both)
        self.assertEqual(model(*both).conflicts(), {(SECTION, "x", DISPUTED): {"removed", "kept"}})

    def test_written_after_having_seen_the_removal(self):
        self.assert_removed("no", tx("a", 1, put("1")), tx("b", 1, op("remove"), a=1), tx("a", 2, put("2"), b=1))

    def test_kept_by_a_person(self):
        self.assert_removed("no", tx("a", 1, put("1")), tx("b", 1, op("remove"), a=1), tx("a", 2, put("2")),
                            tx("c", 1, op("keep"), a=2, b=1))

    def test_removed_by_a_person(self):
        self.assert_removed("yes", tx("a", 1, put("1")), tx("b", 1, op("remove"), a=1), tx("a", 2, put("2")),
                            tx("c", 1, op("remove"), a=2, b=1))

    def test_kept_and_removed_at_once(self):
        self.assert_removed("disputed", tx("a", 1, put("1")), tx("b", 1, op("remove"), a=1), tx("a", 2, put("2")),
                            tx("c", 1, op("keep"), a=2, b=1), tx("d", 1, op("remove"), a=2, b=1))

    def test_removed_and_kept_by_one_save(self):
        self.assert_removed("no", tx("a", 1, put("1"), op("remove"), put("2")))
        self.assert_removed("yes", tx("a", 1, put("1"), put("2"), op("remove")))

    def test_two_remove_at_once(self):
        self.assert_removed("yes", tx("a", 1, put("1")), tx("b", 1, op("remove"), a=1), tx("a", 2, op("remove")))

    def test_brought_back_and_edited_without_knowing(self):
        self.assert_removed("no", tx("a", 1, put("1")), tx("b", 1, op("remove"), a=1), tx("a", 2, put("2"), b=1),
                            tx("c", 1, put("3"), a=1))

    def test_removed_again(self):
        self.assert_removed("yes", tx("a", 1, put("1")), tx("a", 2, op("remove")), tx("a", 3, put("2")),
                            tx("a", 4, op("remove")))

    def test_a_set_member_counts_as_an_edit(self):
        self.assert_removed("disputed", tx("a", 1, put("1")), tx("b", 1, op("remove"), a=1),
                            tx("a", 2, op("add", "needs", "u")))

    def test_conflicts_of_a_removed_object_are_gone(self):
        m = model(tx("a", 1, put("1")), tx("b", 1, put("2")), tx("c", 1, op("remove"), a=1, b=1))
        self.assertEqual(m.conflicts(), {})


if __name__ == "__main__":
    unittest.main()
