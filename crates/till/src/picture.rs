//! A picture of a code that someone dropped on the window or pasted: to the one text in it that the
//! counter goes on with. What is refused is a code of the table of errors.

use crate::codes::KnownKeys;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reda_protocol::rpc::PictureFile;
use reda_scan::{PictureError, Verdict, read_picture};

/// No phone's photograph is larger. The window sends one byte more of a file that is.
const BYTES_MAX: usize = 16 * 1024 * 1024;

/// Reads a picture, beside the tasks that must not wait for it.
pub(crate) async fn read(file: PictureFile, known: KnownKeys) -> Result<String, &'static str> {
    let read = tokio::task::spawn_blocking(move || text(&file, &known)).await;
    read.unwrap_or(Err("internal"))
}

fn text(file: &PictureFile, known: &KnownKeys) -> Result<String, &'static str> {
    /// Every three bytes are four letters.
    const LETTERS_MAX: usize = BYTES_MAX.div_ceil(3) * 4;
    if file.data.len() > LETTERS_MAX {
        return Err("picture_too_large");
    }
    let bytes = BASE64.decode(&file.data).map_err(|_| "not_a_picture")?;
    if bytes.len() > BYTES_MAX {
        return Err("picture_too_large");
    }
    let mut codes = read_picture(&bytes).map_err(|error| match error {
        PictureError::TooLarge => "picture_too_large",
        PictureError::Format | PictureError::Damaged(_) => "not_a_picture",
    })?;
    // Of several, a member's own counts first, then what may be a card, then the largest.
    let rank = |text: &str| match known.judge(text) {
        Verdict::Mine(_) => 0,
        Verdict::Plausible => 1,
        Verdict::Foreign => 2,
    };
    codes.sort_by_key(|code| (rank(&code.text), std::cmp::Reverse(code.twice_area())));
    codes.into_iter().next().map(|code| code.text).ok_or("no_code_in_picture")
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, ImageFormat, Luma};
    use qrcode::QrCode;
    use std::io::Cursor;

    const CARD: &str =
        "R1AEBAGBAFAYDQQCIKBMGA2DQPCAIREEYUCULBOGAZDENBWIOBZHE3DMNZYHE5DMN2XJ5KUQSKZ";

    fn code(text: &str, module_px: u32) -> DynamicImage {
        let code = QrCode::new(text).unwrap();
        let drawn = code.render::<Luma<u8>>().module_dimensions(module_px, module_px).build();
        DynamicImage::ImageLuma8(drawn)
    }

    fn read(image: &DynamicImage, format: ImageFormat) -> Result<String, &'static str> {
        let mut bytes = Cursor::new(Vec::new());
        image.to_rgb8().write_to(&mut bytes, format).unwrap();
        read_bytes(bytes.get_ref())
    }

    fn read_bytes(bytes: &[u8]) -> Result<String, &'static str> {
        text(&PictureFile { data: BASE64.encode(bytes) }, &KnownKeys::default())
    }

    #[test]
    fn a_code_is_read_from_a_picture_of_any_of_the_five_formats() {
        use ImageFormat::{Bmp, Gif, Jpeg, Png, WebP};
        for format in [Png, Jpeg, WebP, Gif, Bmp] {
            assert_eq!(read(&code(CARD, 4), format).as_deref(), Ok(CARD), "{format:?}");
        }
    }

    #[test]
    fn of_two_codes_in_a_picture_the_larger_counts() {
        let mut both = DynamicImage::new_luma8(900, 500);
        both.invert();
        image::imageops::overlay(&mut both, &code("SMALL", 5), 20, 20);
        image::imageops::overlay(&mut both, &code("LARGE", 10), 400, 100);
        assert_eq!(read(&both, ImageFormat::Png).as_deref(), Ok("LARGE"));
    }

    #[test]
    fn what_is_no_picture_of_a_code_is_told_apart() {
        let blank = DynamicImage::new_luma8(300, 200);
        assert_eq!(read(&blank, ImageFormat::Png), Err("no_code_in_picture"));
        assert_eq!(read_bytes(b"%PDF-1.7"), Err("not_a_picture"));
        let no_base64 = PictureFile { data: "data:image/png".to_owned() };
        assert_eq!(text(&no_base64, &KnownKeys::default()), Err("not_a_picture"));
    }

    #[test]
    fn a_picture_too_large_is_refused_before_it_is_unpacked() {
        assert_eq!(read_bytes(&vec![0; BYTES_MAX + 1]), Err("picture_too_large"));
        // A GIF's headers alone, promising 65535 × 65535 pixels.
        let bomb = b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\0;";
        assert_eq!(read_bytes(bomb), Err("picture_too_large"));
    }
}
