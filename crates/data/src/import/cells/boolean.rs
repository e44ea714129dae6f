//! True and false.

/// True and false by name, which nobody writes for anything else.
pub(in super::super) fn is_plain_boolean(cell: &[u8]) -> bool {
    cell.eq_ignore_ascii_case(b"true") || cell.eq_ignore_ascii_case(b"false")
}

/// The value of a cell in a column that is known to hold true and false.
pub(in super::super) fn parse_boolean(cell: &[u8]) -> Option<bool> {
    const TRUE: [&[u8]; 5] = [b"true", b"yes", b"1", b"t", b"y"];
    const FALSE: [&[u8]; 5] = [b"false", b"no", b"0", b"f", b"n"];
    let is = |names: [&[u8]; 5]| names.iter().any(|name| cell.eq_ignore_ascii_case(name));
    if is(TRUE) {
        Some(true)
    } else if is(FALSE) {
        Some(false)
    } else {
        None
    }
}
