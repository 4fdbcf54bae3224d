//! Codes of errors and refusals: one table of code, HTTP status and sentences.

use reda_domain::language::Language;
use reda_domain::refusal::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;
use utoipa::ToSchema;

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeRow {
    pub code: &'static str,
    /// The HTTP status outside `/api/operations`, where refusals by the rules answer 200.
    pub status: u16,
    pub en: &'static str,
    pub sw: &'static str,
}

impl CodeRow {
    /// The sentence for a person.
    pub fn sentence(&self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Sw => self.sw,
        }
    }
}

macro_rules! codes {
    ($($code:ident $status:literal $en:literal $sw:literal;)*) => {
        /// Every code there is.
        pub const CODES: &[CodeRow] = &[$(
            CodeRow { code: stringify!($code), status: $status, en: $en, sw: $sw },
        )*];
    };
}

codes! {
    not_a_code 422 "This is not a Reda code." "Huu si msimbo wa Reda.";
    code_damaged 422 "This code could not be read whole. Hold it still and try again."
        "Msimbo huu haukusomeka wote. Ushike bila kutikisa ujaribu tena.";
    no_code_in_picture 422 "There is no code in this picture." "Hakuna msimbo kwenye picha hii.";
    not_a_picture 422 "This is no picture that can be read. Use PNG, JPEG, WebP, GIF or BMP."
        "Hii si picha inayoweza kusomwa. Tumia PNG, JPEG, WebP, GIF au BMP.";
    picture_too_large 413 "This picture is too large. Take a picture of the code alone."
        "Picha hii ni kubwa mno. Piga picha ya msimbo pekee.";
    code_unknown 422 "This code is not from here. Ask for the phone number."
        "Msimbo huu si wa hapa. Omba namba ya simu.";
    code_forged 422 "This code is not genuine. Ask for the phone number."
        "Msimbo huu si halisi. Omba namba ya simu.";
    code_expired 422 "This code is too old. Ask the customer to open the app again."
        "Msimbo huu umepitwa na wakati. Mwombe mteja afungue programu tena.";
    code_not_yet 422 "The clock on this phone runs ahead. Ask for the phone number."
        "Saa ya simu hii iko mbele. Omba namba ya simu.";
    code_revoked 422 "This code was cancelled. Ask for the phone number."
        "Msimbo huu umefutwa. Omba namba ya simu.";
    customer_unknown 404 "No such customer here." "Hakuna mteja kama huyu hapa.";
    card_unknown 404 "No such card here." "Hakuna kadi kama hii hapa.";
    program_unknown 404 "No such programme here." "Hakuna mpango kama huu hapa.";
    request_unknown 404 "No such request." "Hakuna ombi kama hili.";
    notification_unknown 404 "No such notification." "Hakuna arifa kama hii.";
    key_unknown 404 "No such key." "Hakuna ufunguo kama huu.";
    staff_unknown 404 "No such member of staff here." "Hakuna mfanyakazi kama huyu hapa.";
    device_unknown 404 "No such till here." "Hakuna kituo kama hiki hapa.";
    business_unknown 404 "No such business." "Hakuna biashara kama hii.";
    already_member 409 "This customer is a member already." "Mteja huyu tayari ni mwanachama.";
    declined_recently 409 "This customer said no. Nothing was sent."
        "Mteja huyu alikataa. Hakuna kilichotumwa.";
    program_not_active 409 "This programme is not running now." "Mpango huu hauendeshwi sasa.";
    program_cannot_become 409 "The programme cannot change to this now."
        "Mpango hauwezi kubadilika hivi sasa.";
    reward_unknown 404 "No such reward here." "Hakuna zawadi kama hii hapa.";
    reward_not_active 409 "This reward cannot be had now." "Zawadi hii haipatikani sasa.";
    reward_costs 409 "This reward costs another number of points now."
        "Zawadi hii inagharimu idadi nyingine ya pointi sasa.";
    already_answered 409 "This request was answered already." "Ombi hili tayari limejibiwa.";
    request_expired 409 "This request is no longer open." "Ombi hili limekwisha muda.";
    request_cancelled 409 "The shop took this request back." "Duka limeondoa ombi hili.";
    sent_too_recently 409 "This was sent a moment ago. Wait a little before sending again."
        "Hili limetumwa sasa hivi. Subiri kidogo kabla ya kutuma tena.";
    too_many_waiting_awards 409 "Too many sales wait on this request. Wait for the answer."
        "Mauzo mengi yanasubiri ombi hili. Subiri jibu.";
    not_enough_points 409 "There are not enough points on this card."
        "Kadi hii haina pointi za kutosha.";
    signature_needed 422 "Answer about points on the phone that has your code."
        "Jibu kuhusu pointi kwenye simu yenye msimbo wako.";
    evidence_not_allowed 403 "This shop takes a yes about points only from the customer's own phone."
        "Duka hili hupokea ndiyo kuhusu pointi kutoka simu ya mteja pekee.";
    code_not_theirs 422 "This is somebody else's code. Ask the customer who spends the points for theirs."
        "Huu ni msimbo wa mtu mwingine. Mwombe mteja anayetumia pointi aonyeshe wake.";
    code_used 409 "This code was shown before. Ask for it again in a minute."
        "Msimbo huu ulishaonyeshwa. Uombe tena baada ya dakika moja.";
    code_limit 403 "This is more than a code may approve. The customer says yes on their phone."
        "Hii ni zaidi ya kinachoidhinishwa kwa msimbo. Mteja akubali kwenye simu yake.";
    key_too_new 409 "This phone is new here. It can approve points a day after it was added."
        "Simu hii ni mpya hapa. Inaweza kuidhinisha pointi siku moja baada ya kuongezwa.";
    entry_unknown 404 "No such entry." "Hakuna ingizo kama hili.";
    already_reversed 409 "This entry was taken back already." "Ingizo hili tayari limebatilishwa.";
    not_reversible 422 "This entry cannot be taken back." "Ingizo hili haliwezi kubatilishwa.";
    adjust_limit 403 "This is more than you may change at once. Ask the owner."
        "Hii ni zaidi ya unachoruhusiwa kubadilisha kwa mara moja. Mwulize mwenye duka.";
    points_out_of_range 422 "Points are whole numbers from 1 to 1,000,000."
        "Pointi ni namba kamili kuanzia 1 hadi 1,000,000.";
    earns_nothing 422 "This amount is too small to earn a point."
        "Kiasi hiki ni kidogo mno kupata pointi.";
    bad_amount 422 "This is not an amount of money." "Hiki si kiasi cha pesa.";
    amount_too_large 422 "This amount is too large for one sale." "Kiasi hiki ni kikubwa mno.";
    other_currency 422 "The programme counts another currency." "Mpango unatumia sarafu nyingine.";
    own_card 403 "You cannot award points to your own card."
        "Huwezi kujipa pointi kwenye kadi yako mwenyewe.";
    balance_too_large 422 "The card cannot hold so many points." "Kadi haiwezi kubeba pointi hizi.";
    setting_out_of_range 422 "This setting cannot have that value."
        "Mpangilio huu hauwezi kuwa na thamani hiyo.";
    cannot_merge 409 "These two customers cannot be merged."
        "Wateja hawa wawili hawawezi kuunganishwa.";
    short_code_unknown 422 "This number is not right, or too old. Ask for the one on the screen now."
        "Namba hii si sahihi, au imepitwa na wakati. Omba iliyo kwenye skrini sasa.";
    last_owner 409 "A business needs an owner. Make somebody else an owner first."
        "Biashara inahitaji mwenye. Mfanye mtu mwingine mwenye kwanza.";
    not_allowed 403 "Your role does not allow this." "Wadhifa wako hauruhusu hili.";
    already_staff 409 "This person works here already." "Mtu huyu tayari anafanya kazi hapa.";
    answer_code_wrong 422 "This is not the code that was sent, or it is too old. Send it again."
        "Huu si msimbo uliotumwa, au umepitwa na wakati. Utume tena.";
    in_person_off 409 "This shop asks by message. The customer answers on their phone."
        "Duka hili huuliza kwa ujumbe. Mteja hujibu kwenye simu yake.";
    own_answer 403 "You cannot answer for yourself here. Answer on your own phone."
        "Huwezi kujijibia hapa. Jibu kwenye simu yako mwenyewe.";
    too_many_keys 409 "Too many devices show your code. Remove one first."
        "Vifaa vingi vinaonyesha msimbo wako. Ondoa kimoja kwanza.";
    key_in_use 409 "This key is registered already." "Ufunguo huu tayari umesajiliwa.";
    signature_invalid 422 "The answer was not signed by your key. Sign in again."
        "Jibu halikutiwa sahihi na ufunguo wako. Ingia tena.";

    invalid_body 422 "The request could not be understood." "Ombi halikueleweka.";
    invalid_json 400 "The request is not JSON." "Ombi si JSON.";
    unknown_operation 400 "This kind of operation does not exist." "Aina hii ya tendo haipo.";
    operation_reused 409 "This operation id was used for something else."
        "Namba hii ya tendo imetumika kwa jambo lingine.";
    business_required 422 "Say which business this is for." "Taja biashara inayohusika.";
    bad_phone 422 "This is not a phone number." "Hii si namba ya simu.";
    bad_email 422 "This is not an e-mail address." "Hii si anwani ya barua pepe.";
    bad_reason 422 "Give a reason of 1 to 120 letters." "Toa sababu yenye herufi 1 hadi 120.";
    bad_name 422 "A name has 1 to 80 letters." "Jina lina herufi 1 hadi 80.";
    bad_key 422 "The key could not be read." "Ufunguo haukusomeka.";
    bad_country 422 "This country is not supported yet." "Nchi hii bado haijahudumiwa.";
    weak_password 422 "A password has 8 to 200 characters." "Nenosiri lina herufi 8 hadi 200.";
    bad_pin 422 "A PIN has 4 to 6 digits." "PIN ina tarakimu 4 hadi 6.";
    wrong_pin 403 "This is not the PIN." "Hii si PIN sahihi.";
    pin_needs_line 503 "No connection to the server, and this till cannot check this PIN by itself. Try again when the line is back."
        "Hakuna muunganisho na seva, na kituo hiki hakiwezi kukagua PIN hii chenyewe. Jaribu tena mtandao ukirudi.";
    wrong_code 403 "This code is wrong, used up or too old. Ask for a new one."
        "Msimbo huu si sahihi, umetumika au umepitwa na wakati. Omba mpya.";
    invitation_unknown 403 "This invitation is wrong, used up or too old. Ask for a new one."
        "Mwaliko huu si sahihi, umetumika au umepitwa na wakati. Omba mpya.";
    invitation_expired 403 "This invitation ran out after 10 minutes. Ask for a new one."
        "Muda wa mwaliko huu wa dakika 10 umekwisha. Omba mpya.";
    invitation_void 403 "Wrong codes were tried too often, so this invitation counts no more. Ask for a new one."
        "Misimbo isiyo sahihi imejaribiwa mara nyingi mno, kwa hiyo mwaliko huu hautumiki tena. Omba mpya.";
    device_revoked 403 "This till was removed from the business. Ask the owner."
        "Kituo hiki kimeondolewa kwenye biashara. Mwulize mmiliki.";
    device_cloned 403 "This till was copied, so it is locked. Pair it anew."
        "Kituo hiki kimenakiliwa, kwa hiyo kimefungwa. Kiunganishe upya.";
    wrong_credentials 401 "The address or the password is wrong." "Anwani au nenosiri si sahihi.";
    sign_in_again 403 "Give your password, or sign in again, to do this."
        "Toa nenosiri lako, au ingia tena, ili kufanya hili.";
    registration_closed 403 "This server takes no new accounts." "Seva hii haipokei akaunti mpya.";
    unauthorized 401 "Sign in first." "Ingia kwanza.";
    token_expired 401 "Your session ran out. Sign in again." "Kipindi chako kimekwisha. Ingia tena.";
    forbidden 403 "You may not do this." "Huruhusiwi kufanya hili.";
    not_found 404 "There is nothing here." "Hakuna kitu hapa.";
    method_not_allowed 405 "This cannot be done here." "Hili haliwezi kufanyika hapa.";
    too_large 413 "This is too large." "Hii ni kubwa mno.";
    rate_limited 429 "Too many tries. Wait a little." "Majaribio mengi mno. Subiri kidogo.";
    busy 503 "The server is busy. Try again." "Seva ina shughuli nyingi. Jaribu tena.";
    internal 500 "Something went wrong here. Nothing was saved."
        "Kuna hitilafu hapa. Hakuna kilichohifadhiwa.";
    bad_frame 400 "The message could not be understood." "Ujumbe haukueleweka.";
    bad_version 400 "This program is too old. Update it." "Programu hii ni ya zamani. Isasishe.";
    not_saved 500 "The file could not be saved. Is there room on the disk?"
        "Faili haikuhifadhiwa. Je, kuna nafasi kwenye diski?";
    bad_address 422 "This is not the address of a shop. Type it as the other screen shows it."
        "Hii si anwani ya duka. Iandike kama skrini nyingine inavyoionyesha.";
    not_an_invitation 422 "This is not an invitation to join a shop." "Huu si mwaliko wa kujiunga na duka.";
    unreachable 503 "No answer from that address. Is the other computer on, on the same network, and letting others join?"
        "Anwani hiyo haijibu. Je, kompyuta nyingine imewashwa, iko kwenye mtandao huu, na inaruhusu nyingine kujiunga?";
    other_certificate 503 "Another computer answers at this address: its certificate is not the one that was agreed on. Nothing was sent."
        "Kompyuta nyingine inajibu kwenye anwani hii: cheti chake si kile kilichokubaliwa. Hakuna kilichotumwa.";
    port_taken 503 "Another program uses the port by which other computers come in. Close it, or restart this computer."
        "Programu nyingine inatumia mlango wa mtandao ambao kompyuta nyingine huingilia. Ifunge, au washa upya kompyuta hii.";
    link_port_taken 503 "Another program uses the port at which customers follow links. Close it, or restart this computer."
        "Programu nyingine inatumia mlango wa mtandao ambao wateja hufuatia viungo. Ifunge, au washa upya kompyuta hii.";
    wrong_clock 503 "The clock of this computer is wrong, so the server cannot be trusted. Set date and time."
        "Saa ya kompyuta hii si sahihi, kwa hiyo seva haiwezi kuaminiwa. Weka tarehe na saa.";
    offline 503 "No connection to the server. This needs the line."
        "Hakuna muunganisho na seva. Hili linahitaji mtandao.";
}

/// The row of a code.
pub fn row(code: &str) -> Option<&'static CodeRow> {
    CODES.iter().find(|row| row.code == code)
}

/// The body of every error answer: `{"error": {code, message, details}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[ts(optional_fields)]
pub struct WireError {
    /// Stable, for programs.
    pub code: String,
    /// For a person.
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
}

impl WireError {
    /// The error of a code in the table.
    pub fn of(code: &str, language: Language) -> Self {
        let message = row(code).map_or("", |row| row.sentence(language));
        debug_assert!(!message.is_empty(), "no row for {code}");
        Self { code: code.to_owned(), message: message.to_owned(), details: None }
    }

    /// The same with facts.
    pub fn with(self, details: Value) -> Self {
        Self { details: Some(details), ..self }
    }

    /// A refusal by the rules.
    pub fn refusal(refusal: &Refusal, language: Language) -> Self {
        Self { details: refusal.details(), ..Self::of(&refusal.code(), language) }
    }

    /// Its HTTP status.
    pub fn status(&self) -> u16 {
        row(&self.code).map_or(500, |row| row.status)
    }
}

impl std::fmt::Display for WireError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.message, self.code)
    }
}

impl std::error::Error for WireError {}

/// The envelope of an error answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]

pub struct ErrorBody {
    pub error: WireError,
}
