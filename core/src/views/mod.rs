//! Read models, computed from the journal, and their checkpoint file.
