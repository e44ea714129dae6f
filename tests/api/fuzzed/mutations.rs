//! Mutations of seeds, always the same ones.

/// Pieces of input that matter to the parsers behind the targets.
const WORDS: &[&[u8]] = &[
    b"/",
    b"//",
    b"\\",
    b"%",
    b"%2f",
    b"%5c",
    b"%25",
    b"%2e",
    b"..",
    b"/./",
    b"@",
    b":",
    b"?",
    b"#",
    b"&",
    b"=",
    b";",
    b"\t",
    b"\r\n",
    b"\0",
    b" ",
    b"\xff",
    b"\xe3\x80\xb1",
    b".",
    b"e30",
    b"eyJ",
    b"\"",
    b"code=",
    b"state=",
    b"rolecall-attempt-AAAAAAAAAAAAAAAAAAAAAA=",
    b"https:",
    b"evil.test",
    b"+",
    b",",
    b"\n",
    b"\"\"",
    b"1e308",
    b"-",
    b"2024-02-30",
    b"{\"a\":",
    b"null",
    b"\xef\xbb\xbf",
    b"\xff\xff\xff\x7f",
];
/// The maximum length of a mutation.
const MAX_LEN: usize = 20_000;

/// An endless run of mutations.
pub struct Mutations<'a> {
    seeds: &'a [Vec<u8>],
    random: u64,
}

impl<'a> Mutations<'a> {
    /// Mutations of `seeds`.
    pub fn of(seeds: &'a [Vec<u8>]) -> Self {
        Self { seeds, random: 0x9e37_79b9_7f4a_7c15 }
    }

    /// A number below `end`, or 0; the generator is xorshift64.
    fn below(&mut self, end: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        usize::try_from(self.random >> 1).unwrap() % end.max(1)
    }

    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len() + 1);
        let end = at + self.below(bytes.len() - at + 1).min(16);
        match self.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            3 if at < bytes.len() => {
                let escape = format!("%{:02x}", bytes[at]);
                bytes.splice(at..=at, escape.into_bytes());
            }
            4 => {
                let other = &self.seeds[self.below(self.seeds.len())];
                let from = self.below(other.len() + 1);
                bytes.splice(at.., other[from..].iter().copied());
            }
            _ => {
                let word = WORDS[self.below(WORDS.len())];
                bytes.splice(at..at, word.iter().copied());
            }
        }
    }
}

impl Iterator for Mutations<'_> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let mut bytes = self.seeds[self.below(self.seeds.len())].clone();
        for _ in 0..=self.below(4) {
            self.mutate(&mut bytes);
        }
        bytes.truncate(MAX_LEN);
        Some(bytes)
    }
}
