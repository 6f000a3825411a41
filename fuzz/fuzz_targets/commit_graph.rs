#![no_main]

// Without git on PATH nothing is asked of it: a thousand times as many inputs are tried.
libfuzzer_sys::fuzz_target!(
    // SAFETY: there is no other thread yet.
    init: unsafe { std::env::set_var("PATH", "") },
    |bytes: &[u8]| relgate_fuzz::run("commit_graph", bytes)
);
