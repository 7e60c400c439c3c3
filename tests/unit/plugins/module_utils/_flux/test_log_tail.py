"""Log tails: redacted as a whole, cut afterwards."""

from __future__ import annotations

from ansible_collections.gitops.flux.plugins.module_utils._flux.log_tail import tail_of

KEY = "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn"
BLOCK = f"-----BEGIN RSA PRIVATE KEY-----\n{KEY}\n{KEY}\n-----END RSA PRIVATE KEY-----"


def test_the_last_lines_with_their_time_to_the_second() -> None:
    text = "".join(f"2026-11-21T03:12:{second:02}.123456789Z line {second}\n" for second in range(30))
    assert tail_of(text, 2) == ["2026-11-21T03:12:28Z line 28", "2026-11-21T03:12:29Z line 29"]
    assert len(tail_of(text, 100)) == 30
    assert tail_of("", 5) == []


def test_a_key_is_taken_out_also_when_the_tail_starts_in_the_middle_of_it() -> None:
    for text in (f"before\n{BLOCK}\nafter", f"{KEY}\n-----END RSA PRIVATE KEY-----\nafter\n{BLOCK}\nlast"):
        found = "\n".join(tail_of(text, 50))
        assert KEY not in found
        assert "after" in found


def test_a_block_that_is_whole_takes_nothing_else_with_it() -> None:
    assert tail_of(f"first\n{BLOCK}\nlast", 50) == ["first", "***", "last"]


def test_credentials_are_redacted_before_a_line_is_cut() -> None:
    line = "x" * 280 + " postgres://user:hunter2hunter2hunter2@db/app " + "y" * 500
    (found,) = tail_of(line, 5)
    assert "hunter2" not in found
    assert len(found) == 302


def test_nothing_steers_the_terminal_of_whoever_reads_it() -> None:
    assert tail_of("\x1b[31mred\x1b[0m \x07bell\r\n", 5) == ["red bell"]
