//! Finds messages of a page in the bytes that a browser sends over a WebSocket (RFC 6455, section 5.2). Pongs do not
//! count, because a browser sends them by itself.

/// The longest head of a frame: two bytes, a length of eight, a mask of four.
const MAX_HEAD: usize = 14;

/// Reads the heads of frames from the bytes as they arrive, however they are split.
#[derive(Default)]
pub(super) struct Frames {
    head: [u8; MAX_HEAD],
    head_len: usize,
    payload_left: u64,
}

impl Frames {
    /// Whether a message, or a part of one, begins in `bytes`, which follow the bytes of the previous call.
    pub(super) fn contain_message(&mut self, mut bytes: &[u8]) -> bool {
        let mut holds = false;
        while let Some((first, rest)) = bytes.split_first() {
            if self.payload_left > 0 {
                let skipped = usize::try_from(self.payload_left).unwrap_or(usize::MAX).min(bytes.len());
                self.payload_left -= skipped as u64;
                bytes = bytes.get(skipped..).unwrap_or_default();
                continue;
            }
            if let Some(slot) = self.head.get_mut(self.head_len) {
                *slot = *first;
            }
            self.head_len += 1;
            bytes = rest;
            if let Some(payload) = self.payload_len() {
                // 0 to 2 are data, 8 and above are control frames.
                holds |= self.head[0] & 0x0f <= 2;
                self.payload_left = payload;
                self.head_len = 0;
            }
        }
        holds
    }

    /// The length of the payload, once the head is whole.
    fn payload_len(&self) -> Option<u64> {
        let [_, second, rest @ ..] = &self.head;
        let (short, is_masked) = (second & 0x7f, second & 0x80 != 0);
        let length_bytes = match short {
            127 => 8,
            126 => 2,
            _ => 0,
        };
        if self.head_len < 2 + length_bytes + if is_masked { 4 } else { 0 } {
            return None;
        }
        if length_bytes == 0 {
            return Some(u64::from(short));
        }
        rest.get(..length_bytes).map(|bytes| bytes.iter().fold(0, |length, byte| length << 8 | u64::from(*byte)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A masked frame, as browsers send them.
    fn frame(opcode: u8, payload: usize) -> Vec<u8> {
        let length = match payload {
            0..126 => vec![0x80 | u8::try_from(payload).unwrap()],
            126..65_536 => [&[0xfe][..], &u16::try_from(payload).unwrap().to_be_bytes()].concat(),
            _ => [&[0xff][..], &(payload as u64).to_be_bytes()].concat(),
        };
        [&[0x80 | opcode][..], &length, &[1, 2, 3, 4], &vec![0x81; payload]].concat()
    }

    #[test]
    fn messages_are_told_from_pongs_however_the_bytes_are_cut() {
        const TEXT: u8 = 1;
        const BINARY: u8 = 2;
        const CLOSE: u8 = 8;
        const PING: u8 = 9;
        const PONG: u8 = 10;
        for (sent, expected) in [
            (vec![(PONG, 0), (PING, 4), (CLOSE, 2), (PONG, 125)], 0),
            (vec![(PONG, 4), (TEXT, 0), (PONG, 4)], 1),
            (vec![(TEXT, 5), (BINARY, 200), (PONG, 3), (TEXT, 70_000)], 3),
        ] {
            let bytes: Vec<u8> = sent.iter().flat_map(|(opcode, payload)| frame(*opcode, *payload)).collect();
            for cut in [1, 2, 3, 7, 1000, bytes.len()] {
                let mut frames = Frames::default();
                let found = bytes.chunks(cut).filter(|chunk| frames.contain_message(chunk)).count();
                assert!(found <= expected && (found > 0) == (expected > 0), "{sent:?} cut at {cut}: {found}");
                assert!(cut > 1 || found == expected, "{sent:?} byte by byte: {found}");
            }
        }
    }
}
