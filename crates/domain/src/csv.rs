//! Rows of a CSV file (RFC 4180). A cell that a spreadsheet would take for a formula is made text.

/// A row, with its line's end.
pub fn record(cells: impl IntoIterator<Item = String>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|text| cell(&text)).collect();
    cells.join(",") + "\r\n"
}

/// A cell: quoted where it must be, and never a formula. The apostrophe before `= + - @`, tab and
/// carriage return is what spreadsheets take as "this is text" (OWASP, "CSV injection").
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    match text.contains([',', '"', '\n', '\r', '\'']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_reckon_is_made_text() {
        for text in ["=1+1", "+254722000412", "-5", "@SUM(A1)", "\tx", "\rx"] {
            let cell = cell(text);
            assert!(cell.starts_with("\"'"), "{cell}");
        }
        assert_eq!(cell("Amina"), "Amina");
        assert_eq!(cell("a \"b\", c"), "\"a \"\"b\"\", c\"");
    }
}
