//! Many short texts in one piece of memory.

/// Texts, one after another. Each costs its bytes and four more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    /// All texts without anything between them.
    joined: String,
    /// The end of each text in `joined`.
    ends: Vec<u32>,
}

impl Texts {
    /// Appends a text and returns its index. The limits of plans keep the whole below 4 GiB.
    pub(crate) fn push(&mut self, text: &str) -> u32 {
        let index = super::narrow(self.ends.len());
        self.joined.push_str(text);
        self.ends.push(super::narrow(self.joined.len()));
        index
    }

    /// Returns the text with this index, which `push` returned.
    pub(crate) fn get(&self, index: u32) -> &str {
        let at = index as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.joined[start..self.ends[at] as usize]
    }

    pub(crate) fn shrink_to_fit(&mut self) {
        self.joined.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// Returns the length of all texts together, in bytes.
    pub(crate) fn bytes_len(&self) -> usize {
        self.joined.len()
    }

    /// Returns the memory that the texts take, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.joined.capacity() + super::bytes_of(&self.ends)
    }
}
