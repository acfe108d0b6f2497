//! One gzip member from separately compressed segments.
//!
//! Several members in a row are legal, but curl, wget, httpx and Chromium silently stop after the first one. So each
//! segment is a sequence of raw deflate blocks that a sync flush ends at a byte boundary; an empty last block ends the
//! stream, and the checksums of the segments are combined.

use bytes::Bytes;
use flate2::{Compress, Compression, FlushCompress};

/// Level 1 is three times faster than 6 and hardly larger for exposition text; each new reading is compressed once.
const LEVEL: u32 = 1;

/// Deflate, no flags, no time, fastest level, unknown operating system.
pub(super) const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];

/// The empty last block.
const LAST_BLOCK: [u8; 2] = [0x03, 0x00];

/// The header of a stored block at a byte boundary; the length and its complement follow.
const STORED_BLOCK: u8 = 0;
const STORED_HEADER: usize = 5;
const STORED_MOST: usize = 0xffff;

/// A segment of a gzip member.
#[derive(Clone, Debug)]
pub struct Deflated {
    blocks: Bytes,
    crc: u32,
    length: u64,
}

impl Deflated {
    /// Compresses a segment without references to preceding bytes.
    pub fn new(plain: &[u8]) -> Self {
        Self {
            blocks: raw_blocks(plain).into(),
            crc: crc32fast::hash(plain),
            length: plain.len() as u64,
        }
    }

    /// A segment that is sent once, stored uncompressed: the compressor's tables cost more than some kilobytes on the wire.
    pub(super) fn stored(plain: &[u8]) -> Self {
        let mut blocks =
            Vec::with_capacity(plain.len() + STORED_HEADER * (plain.len() / STORED_MOST + 1));
        for part in plain.chunks(STORED_MOST) {
            let length = part.len() as u16;
            blocks.push(STORED_BLOCK);
            blocks.extend(length.to_le_bytes());
            blocks.extend((!length).to_le_bytes());
            blocks.extend(part);
        }
        Self {
            blocks: blocks.into(),
            crc: crc32fast::hash(plain),
            length: plain.len() as u64,
        }
    }

    /// The deflate blocks, ended at a byte boundary.
    pub fn blocks(&self) -> &Bytes {
        &self.blocks
    }
}

fn raw_blocks(plain: &[u8]) -> Vec<u8> {
    let mut stream = Compress::new(Compression::new(LEVEL), false);
    let mut out = Vec::with_capacity(plain.len() / 4 + 64);
    loop {
        let done = stream.total_in() as usize;
        stream
            .compress_vec(&plain[done..], &mut out, FlushCompress::Sync)
            .expect("deflating memory to memory only fails on a misused stream");
        // A flush is complete when it leaves room in the output.
        if stream.total_in() as usize == plain.len() && out.len() < out.capacity() {
            return out;
        }
        out.reserve(out.capacity());
    }
}

/// The trailer of a member that holds these segments, in this order.
pub(super) fn trailer<'a>(segments: impl IntoIterator<Item = &'a Deflated>) -> Bytes {
    let mut whole = crc32fast::Hasher::new();
    let mut length = 0u64;
    for segment in segments {
        whole.combine(&crc32fast::Hasher::new_with_initial_len(
            segment.crc,
            segment.length,
        ));
        length += segment.length;
    }
    let mut out = Vec::with_capacity(10);
    out.extend(LAST_BLOCK);
    out.extend(whole.finalize().to_le_bytes());
    // The format stores the length modulo 2^32.
    out.extend((length as u32).to_le_bytes());
    out.into()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn member(segments: &[&[u8]], compress: fn(&[u8]) -> Deflated) -> Vec<u8> {
        let segments: Vec<_> = segments.iter().map(|plain| compress(plain)).collect();
        let mut out = HEADER.to_vec();
        for segment in &segments {
            out.extend_from_slice(segment.blocks());
        }
        out.extend(trailer(&segments));
        out
    }

    /// Reads the first member only, as curl does, and checks its checksum and length.
    fn read_first_member(gzip: &[u8]) -> Vec<u8> {
        let mut plain = Vec::new();
        let mut reader = flate2::bufread::GzDecoder::new(gzip);
        reader.read_to_end(&mut plain).unwrap();
        assert!(
            reader.into_inner().is_empty(),
            "something stands behind the member"
        );
        plain
    }

    #[test]
    fn segments_join_to_one_member() {
        // Random bytes do not compress, so that the output outgrows its initial capacity.
        let noise: Vec<u8> = (0u32..300_000)
            .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        let text = "up{graph=\"a\"} 1\n".repeat(10_000).into_bytes();
        for segments in [
            &[][..],
            &[&b""[..]],
            &[b"a\n"],
            &[&text, b"", &noise, &text],
            &[&noise, &noise],
        ] {
            for compress in [Deflated::new, Deflated::stored] {
                assert_eq!(
                    read_first_member(&member(segments, compress)),
                    segments.concat()
                );
            }
        }
    }
}
