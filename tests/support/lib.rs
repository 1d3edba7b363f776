//! Shared ground of the black-box tests.
