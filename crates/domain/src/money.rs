//! Money in integer minor units.

use serde::{Deserialize, Serialize};

/// An ISO 4217 code: three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema), ts(type = "string"), schema(value_type = String))]
pub struct Currency([u8; 3]);

impl Currency {
    /// The Kenyan shilling.
    pub const KES: Currency = Currency(*b"KES");

    /// The code, if it is three capital letters.
    pub fn parse(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Self(bytes))
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("three capital letters")
    }

    /// How many minor units make one major unit (ISO 4217; the table of exceptions to 100).
    pub fn minor_per_major(&self) -> i64 {
        match &self.0 {
            b"UGX" | b"RWF" | b"BIF" | b"DJF" | b"KMF" | b"XAF" | b"XOF" | b"JPY" | b"KRW"
            | b"VND" | b"CLP" | b"PYG" | b"ISK" | b"GNF" | b"VUV" | b"XPF" => 1,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 1000,
            _ => 100,
        }
    }

    /// The currency of a country (ISO 3166 alpha-2), for the countries Reda is sold in.
    pub fn of_country(country: &str) -> Option<Self> {
        Self::parse(match country {
            "KE" => "KES",
            "UG" => "UGX",
            "TZ" => "TZS",
            "RW" => "RWF",
            "ET" => "ETB",
            "NG" => "NGN",
            "GH" => "GHS",
            "ZA" => "ZAR",
            "GB" => "GBP",
            "US" => "USD",
            "DE" | "FR" | "NL" | "IE" | "ES" | "IT" => "EUR",
            _ => return None,
        })
    }
}

impl std::fmt::Debug for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| serde::de::Error::custom("not an ISO 4217 code"))
    }
}

/// An amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units (cents).
    #[cfg_attr(feature = "wire", ts(type = "number"))]
    pub amount: i64,
    pub currency: Currency,
}

/// The largest amount one sale may have, in minor units: KES 100 million.
pub const AMOUNT_MAX: i64 = 10_000_000_000;
