//! How the window's engine draws. Knows nothing of what it draws.

/// WebKitGTK's own switch (its documentation of environment variables).
#[cfg(target_os = "linux")]
const WITHOUT_GL: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";

/// Has WebKitGTK draw without OpenGL, unless whoever starts the till says otherwise.
///
/// A till is forms, lists and one small picture. On the computers of small shops OpenGL is often
/// drawn by the processor, which costs 130 MB of memory here and, with some drivers, a white
/// window. Must be called while the program has one thread.
#[cfg(target_os = "linux")]
#[expect(
    unsafe_code,
    clippy::disallowed_methods,
    reason = "the one way to tell WebKitGTK, read when its first view is made"
)]
pub(crate) fn draw_without_gl() {
    if std::env::var_os(WITHOUT_GL).is_none() {
        // SAFETY: called first thing in main, before any other thread exists.
        unsafe { std::env::set_var(WITHOUT_GL, "1") };
    }
}

/// Elsewhere the system's own engine decides.
#[cfg(not(target_os = "linux"))]
pub(crate) fn draw_without_gl() {}
