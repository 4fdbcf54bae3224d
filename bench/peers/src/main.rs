//! Other people's readers over the same pictures, one JSON line a picture and reader, as `reda
//! bench scan` prints them: one thread, the processor's time.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use image::GrayImage;
use rxing::common::HybridBinarizer;
use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, Luma8LuminanceSource, MultiFormatReader, Reader,
};
use serde_json::json;

type Read = fn(&GrayImage) -> Vec<String>;

const READERS: [(&str, Read); 4] =
    [("rqrr", rqrr), ("rxing", rxing), ("quircs", quircs), ("zxing-cpp", zxing_cpp)];

fn main() {
    let table = std::env::args().nth(1).expect("the table of pictures");
    let table = Path::new(&table);
    let folder = table.parent().expect("a folder");
    std::panic::set_hook(Box::new(|_| {}));
    for line in std::fs::read_to_string(table).expect("a table").lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [file, texts, set, category] = fields[..] else { continue };
        let texts: Vec<String> = serde_json::from_str(texts).expect("accepted texts");
        let picture = image::open(folder.join(file)).expect("a picture").into_luma8();
        for (name, read) in READERS {
            let began = spent_ms();
            let codes = catch_unwind(AssertUnwindSafe(|| read(&picture))).unwrap_or_default();
            let ms = spent_ms() - began;
            let right = codes
                .iter()
                .any(|code| texts.iter().any(|text| printable(text) == printable(code)));
            println!(
                "{}",
                json!({
                    "reader": name,
                    "set": set,
                    "category": category,
                    "file": file,
                    "expected": !texts.is_empty(),
                    "right": right,
                    "false_text": texts.is_empty() && !codes.is_empty(),
                    "ms": (ms * 1e3).round() / 1e3,
                })
            );
        }
    }
}

/// Readers differ in how they write what is no ASCII.
fn printable(text: &str) -> String {
    text.chars().filter(|letter| (' '..='~').contains(letter)).collect()
}

/// The processor's time of this thread so far.
fn spent_ms() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

fn latin(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| error.as_bytes().iter().map(|&b| b as char).collect())
}

fn rqrr(picture: &GrayImage) -> Vec<String> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let pixels = picture.as_raw();
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    let read = |grid: &rqrr::Grid<_>| {
        let mut bytes = Vec::new();
        rqrr::Grid::decode_to(grid, &mut bytes).ok().map(|_| latin(bytes))
    };
    image.detect_grids().iter().filter_map(read).collect()
}

/// At its best: trying harder, and inverted too.
fn rxing(picture: &GrayImage) -> Vec<String> {
    let hints = DecodeHints {
        PossibleFormats: Some(HashSet::from([BarcodeFormat::QR_CODE])),
        TryHarder: Some(true),
        AlsoInverted: Some(true),
        ..DecodeHints::default()
    };
    let pixels = picture.as_raw().clone();
    let Ok(source) = Luma8LuminanceSource::new(pixels, picture.width(), picture.height()) else {
        return Vec::new();
    };
    let mut image = BinaryBitmap::new(HybridBinarizer::new(source));
    let read = MultiFormatReader::default().decode_with_hints(&mut image, &hints);
    read.into_iter().map(|code| code.getText().to_owned()).collect()
}

fn quircs(picture: &GrayImage) -> Vec<String> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut reader = quircs::Quirc::default();
    let codes = reader.identify(width, height, picture.as_raw());
    codes.filter_map(|code| code.ok()?.decode().ok().map(|data| latin(data.payload))).collect()
}

/// At its best, as its defaults are: trying harder, turned, inverted and at smaller scales too.
fn zxing_cpp(picture: &GrayImage) -> Vec<String> {
    let reader = zxingcpp::read().formats([zxingcpp::BarcodeFormat::QRCode]);
    let (width, height) = picture.dimensions();
    let view = zxingcpp::ImageView::from_slice(
        picture.as_raw(),
        width,
        height,
        zxingcpp::ImageFormat::Lum,
    );
    let codes = view.and_then(|view| reader.from(&view));
    codes.map(|codes| codes.iter().map(|code| code.text()).collect()).unwrap_or_default()
}
