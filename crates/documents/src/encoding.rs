//! The encoding of the standard fonts.

/// A character in WinAnsi (ISO 32000-1, annex D.2); a question mark for what it has not.
pub(crate) const fn win_ansi(character: char) -> u8 {
    match character {
        ' '..='~' | '\u{a0}'..='ÿ' => character as u8,
        '€' => 0x80,
        '„' => 0x84,
        '…' => 0x85,
        '‘' => 0x91,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        '–' => 0x96,
        '—' => 0x97,
        _ => b'?',
    }
}

/// A text in WinAnsi.
pub(crate) fn encoded(text: &str) -> Vec<u8> {
    text.chars().map(win_ansi).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_fonts_have_is_written() {
        assert_eq!(encoded("Aß€"), [b'A', 0xDF, 0x80]);
        assert_eq!(encoded("äöüÄÖÜ"), [0xE4, 0xF6, 0xFC, 0xC4, 0xD6, 0xDC]);
        assert_eq!(encoded("Γ\n"), *b"??");
    }
}
