#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| relgate_fuzz::run("changelog_pieces", bytes));
