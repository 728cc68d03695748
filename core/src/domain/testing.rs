//! Given, when, then: a few words to write tests of the rules with.
