// Generated from crates/protocol; see crates/protocol/tests/typescript.rs.

export type AddStaff = { name: string, role: Role, phone: string | null, email: string | null, pin: Secret | null, };
export type AdjustCheck = { 
/**
 * The most that whoever is switched on may add or take at once.
 */
max: Points, wrong: Array<Wrong>, 
/**
 * Missing while something is wrong.
 */
sound: SoundAdjust | null, };
export type AdjustForm = { card: CardId, 
/**
 * The points are taken; else they are added.
 */
takes: boolean, points: string, 
/**
 * The customer reads it.
 */
reason: string, };
export type AdjustPoints = { card: CardId, points: Points, reason: string, };
export type AmountText = { text: string, };
export type AmountView = { amount: Money | null, 
/**
 * What it would earn in the counter's programme.
 */
points: Points | null, 
/**
 * The tier that multiplies them, where one does.
 */
tier: Tier | null, 
/**
 * Why it cannot be awarded; missing for an empty field.
 */
error: WireError | null, };
export type AnswerChannel = "app" | "link" | "sms_code" | "in_person" | "code";
export type AnswerRequest = { answer: RequestAnswer, signature?: SignedBy, 
/**
 * The language that the question was shown in.
 */
language?: Language, };
export type AnsweredLine = { request: RequestId, 
/**
 * Missing after a no, and once the customer has left.
 */
person: PersonLine | null, program: string, joined: boolean, at: Timestamp, };
export type AppView = { setup: Setup, business: ShopLine | null, 
/**
 * Whoever is switched on.
 */
staff: StaffLine | null, 
/**
 * Nobody is switched on: only the PIN screen works.
 */
locked: boolean, language: Language, theme: Theme, connection: ConnectionView, camera: CameraView, 
/**
 * Where customers open their page.
 */
customer_page: CustomerPage | null, demo: DemoView | null, unread: number, 
/**
 * How many things a shop never answered, those under way without the line among them.
 */
unsent: number, version: string, };
export type AskAddress = { phone?: string, email?: string, };
export type AskCode = { email?: string, phone?: string, };
export type AskDeviceToken = { device: DeviceId, credential: string, };
export type AskEnrollment = { customer?: HandleId, phone?: string, email?: string, program: ProgramId, };
export type AwardData = { entry: EntryId, points: Points, balance: Points, available: Points, };
export type AwardLine = { name: string, points: Points, 
/**
 * The balance that the server has now; missing while the points wait on an answer.
 */
balance: Points | null, at: Timestamp, };
export type AwardPoints = { card?: CardId, request?: RequestId, points?: Points, amount?: Money, sale?: string, };
export type AwardState = { "state": "ready" } | { "state": "sending" } | { "state": "refused", error: WireError, };
export type BusinessBody = { id: BusinessId, name: string, country: string, currency: Currency, 
/**
 * In `b:` only.
 */
settings: Settings | null, };
export type BusinessCreated = { business: BusinessBody, program: ProgramId, user: UserBody, token: string, refresh_token: string, };
export type BusinessId = string;
export type CameraHint = "closer" | "hold_still" | "too_dark" | "too_bright" | "turn_up_the_screen";
export type CameraLine = { index: number, name: string, };
export type CameraStatus = "starting" | "live" | "none" | "busy" | "no_permission" | "unplugged" | "failed";
export type CameraView = { state: CameraStatus, 
/**
 * What the driver said, for the curious.
 */
detail: string | null, 
/**
 * A code is before the camera, or was within the last second; the same one is no news until
 * it has left.
 */
code_in_view: boolean, 
/**
 * What would make a code readable that is in view and was not read for a second.
 */
hint: CameraHint | null, };
export type CamerasView = { cameras: Array<CameraLine>, };
export type CardBody = { id: CardId, number: string, program: ProgramId, program_name: string, business: BusinessId, business_name: string, 
/**
 * In `b:` only.
 */
member: HandleId | null, balance: Points, held: Points, 
/**
 * What can be spent: balance less holds, never below zero.
 */
available: Points, 
/**
 * The tier that the card is in, by its name; as of when the body was read.
 */
tier?: string, 
/**
 * All that the card ever earned, which tiers are counted by.
 */
earned?: Points, created_at: Timestamp, };
export type CardId = string;
export type CardLine = { id: CardId, number: string, balance: Points, available: Points, 
/**
 * All that it ever earned, which tiers count by.
 */
earned: Points, 
/**
 * The tier that it is in, by its name.
 */
tier: string | null, };
export type CardOffer = { card: CardId, 
/**
 * What can be had now, the cheapest first.
 */
rewards: Array<RewardBody>, 
/**
 * From the least on.
 */
tiers: Array<Tier>, 
/**
 * Within 30 days, the soonest first.
 */
expiring: Array<Expiring>, };
export type ChangeStaff = { staff: StaffId, name: string | null, role: Role | null, pin: Secret | null, };
export type Changed = "app" | "counter" | "customers" | "inbox" | "settings" | "shop";
export type Changes = { scope: ScopeName, epoch: number, from: number, to: number, items: Array<Item>, };
export type ClientFrame = { "type": "hello", version: string, token: string, device?: DeviceId | null, cursors: Record<string, Cursor>, } | { "type": "since", scopes: Record<string, Cursor>, } | { "type": "op" } & Operation | { "type": "auth", token: string, } | { "type": "ping" };
export type CodeId = string;
export type CodeLimits = { once: Points, day: Points, };
export type CodeLimitsCheck = { wrong: Array<Wrong>, 
/**
 * Missing while something is wrong.
 */
sound: CodeLimits | null, };
export type CodeLimitsForm = { 
/**
 * By one code.
 */
once: string, 
/**
 * On one card within 24 hours.
 */
day: string, };
export type ConnectionStatus = "offline" | "connecting" | "online" | "refused";
export type ConnectionView = { status: ConnectionStatus, 
/**
 * Since when it has been so.
 */
since: Timestamp, 
/**
 * When the replica was last known to be whole.
 */
synced_at: Timestamp | null, 
/**
 * Why whoever answers at the server's address is not believed to be the server.
 */
distrusted: WireError | null, 
/**
 * Operations that were sent and not answered yet.
 */
unanswered: number, };
export type ConsentText = { 
/**
 * "Join Baraka Points at Baraka Mini-Mart?"
 */
question: string, 
/**
 * The heading of what would be shared, which names with whom.
 */
sees: string, shares: Array<string>, 
/**
 * The heading of what never is.
 */
never_sees: string, never_shares: Array<string>, 
/**
 * What the shop uses it for.
 */
purpose: string, 
/**
 * That saying yes is free, and can be taken back.
 */
freedom: string, accept: string, decline: string, };
export type ConsentTexts = { en: ConsentText, sw: ConsentText, };
export type CounterStage = { "stage": "idle" } | { "stage": "looking_up", 
/**
 * What is looked up, masked; missing for a code.
 */
shown: string | null, } | { "stage": "member", person: PersonLine, card: CardLine, joined_at: Timestamp | null, last_visit_at: Timestamp | null, award: AwardState, } | { "stage": "spending", person: PersonLine, card: CardLine, points: Points, 
/**
 * What for.
 */
reason: string, 
/**
 * The reward that they buy, where it is one.
 */
reward: RewardId | null, state: SpendState, } | { "stage": "not_member", person: PersonLine, 
/**
 * After a no: from when the customer may be asked again.
 */
ask_again_from: Timestamp | null, 
/**
 * Why asking was refused just now.
 */
refused: WireError | null, } | { "stage": "asking", person: PersonLine, } | { "stage": "waiting", person: PersonLine, request: RequestId, asked_at: Timestamp, 
/**
 * Until when the counter waits.
 */
counter_until: Timestamp, 
/**
 * From when it may be sent again.
 */
send_again_from: Timestamp, 
/**
 * The customer has it on the screen.
 */
seen: boolean, 
/**
 * Points that are posted if the customer accepts.
 */
waiting: Points, award: AwardState, 
/**
 * What is asked, for a customer to whom the screen is turned.
 */
text: ConsentTexts | null, } | { "stage": "accepted", person: PersonLine, card: CardLine, accepted_at: Timestamp, 
/**
 * Points that had waited on the answer.
 */
posted: Points, award: AwardState, } | { "stage": "declined", person: PersonLine, ask_again_from: Timestamp, } | { "stage": "no_answer", person: PersonLine, request: RequestId, open_until: Timestamp, waiting: Points, send_again_from: Timestamp, text: ConsentTexts | null, } | { "stage": "cancelled", person: PersonLine, } | { "stage": "refused", error: WireError, };
export type CounterView = { stage: CounterStage, program: ProgramLine | null, 
/**
 * What the points of the card at the counter buy, the cheapest first; what is out of
 * reach, too.
 */
rewards: Array<RewardLine>, 
/**
 * The last award, until the next customer.
 */
last_award: AwardLine | null, 
/**
 * The screen may be turned to a customer, who answers on it. The shop's setting; where it
 * is undecided the server decides, and refuses.
 */
in_person: boolean, };
export type CreateBusiness = { name: string, country: string, owner: Owner, };
export type CreateCustomer = { name?: string, phone?: string, email?: string, };
export type CreateProgram = { name: string, kind: ProgramKind, earn: EarnRule, welcome_bonus?: Points, 
/**
 * From the least on; none where nothing is said.
 */
tiers?: Array<Tier>, 
/**
 * Never where nothing is said.
 */
expiry?: Expiry, };
export type CreateReward = { program: ProgramId, name: string, cost: Points, gives: Gives, 
/**
 * Active where nothing is said.
 */
status?: RewardStatus, };
export type Currency = string;
export type Cursor = { 
/**
 * Changes when the server was restored from a backup; then the reader starts again from 0.
 */
epoch: number | null, seq: number, };
export type CustomerCard = { id: CardId, number: string, program: ProgramId, balance: Points, held: Points, available: Points, 
/**
 * The tier that the card is in, by its name.
 */
tier?: string, created_at: Timestamp, };
export type CustomerConsent = { request: RequestId, program: ProgramId, answer: RequestAnswer, channel: AnswerChannel, wording: string, language: Language, at: Timestamp, };
export type CustomerDetail = { customer: CustomerLine, notes: string, consents: Array<CustomerConsent>, };
export type CustomerFilter = { 
/**
 * As typed: names, tags, a phone number or a card number, or the beginnings of them.
 */
text: string, 
/**
 * Only holders of this programme's card.
 */
program: ProgramId | null, 
/**
 * Only holders of a card in a tier of this name.
 */
tier: string | null, seen: Seen, 
/**
 * Only whom an open question asks to join, customers or not.
 */
waiting: boolean, };
export type CustomerFound = { status: FoundStatus, customer?: FoundCustomer, enrollments: Array<FoundEnrollment>, 
/**
 * Where no member has the address: whom a request would go to.
 */
ask?: AskAddress, 
/**
 * This business's own pending request, if there is one.
 */
request?: RequestId, 
/**
 * Until when the customer is not to be asked again, after a no.
 */
declined_until?: Timestamp, };
export type CustomerLine = { person: PersonLine, 
/**
 * The card of the programme that was asked for, else the one with the most points.
 */
card: CardLine | null, 
/**
 * All that was ever spent here.
 */
spend: Money, visits: number, first_visit_at: Timestamp | null, last_visit_at: Timestamp | null, joined_at: Timestamp | null, 
/**
 * Asked to join, and no customer yet.
 */
waiting: boolean, };
export type CustomerList = { count: number, items: Array<CustomerLine>, next?: string, };
export type CustomerPage = { url: string, 
/**
 * Phones can open it: it is an https address. Otherwise it works on this computer only.
 */
public: boolean, };
export type CustomerSort = "name" | "points" | "spend" | "last_visit" | "joined";
export type CustomerStory = { consents: Array<CustomerConsent>, 
/**
 * Newest first.
 */
lines: Array<InteractionLine>, };
export type CustomerView = { 
/**
 * Missing once the customer has left.
 */
line: CustomerLine | null, 
/**
 * Whole, since a manager rings people up.
 */
phone: string | null, email: string | null, 
/**
 * What staff wrote.
 */
notes: string, tags: Array<string>, cards: Array<ProgramCard>, };
export type CustomersQuery = { filter: CustomerFilter, sort: CustomerSort, offset: number, 
/**
 * At most 200.
 */
limit: number, };
export type CustomersView = { 
/**
 * All members, whatever is looked for.
 */
total: number, 
/**
 * All that the query finds; the page is a part of them.
 */
count: number, page: Array<CustomerLine>, 
/**
 * To choose from.
 */
programs: Array<ProgramLine>, 
/**
 * All whom an open question asks to join, whatever is looked for.
 */
waiting: number, };
export type DeductionData = { request: RequestId, hold: HoldId, };
export type DemoCustomer = { name: string, phone: string, password: string, 
/**
 * The PNG file with the customer's printed code.
 */
code_file: string, };
export type DemoStaff = { name: string, role: Role, pin: string, };
export type DemoView = { 
/**
 * The folder with the customers' printed codes as PNG files.
 */
codes_dir: string, customers: Array<DemoCustomer>, staff: Array<DemoStaff>, };
export type DeviceBody = { id: DeviceId, name: string, revoked: boolean, 
/**
 * A copy of it was seen; it works again once it is paired anew.
 */
locked: boolean, };
export type DeviceDetail = { id: DeviceId, name: string, revoked: boolean, locked: boolean, created_at: Timestamp, 
/**
 * When it last asked for a token.
 */
seen_at?: Timestamp, };
export type DeviceId = string;
export type DeviceInvitation = { address: string, code: string, 
/**
 * Of the server's certificate; none while it has none of its own.
 */
fingerprint?: string, 
/**
 * The four words by which people compare it.
 */
words?: Array<string>, 
/**
 * All of it in one line, for a QR code.
 */
text: string, expires_at: Timestamp, };
export type DevicePaired = { device: DeviceId, business: BusinessId, credential: string, };
export type DeviceToken = { token: string, expires_in: number, credential: string, };
export type EarnRule = { points: Points, per: Money, 
/**
 * Down where nothing is said.
 */
rounding?: Rounding, };
export type Earned = { amount: Money, points: Points, };
export type Email = string;
export type EnrolView = { 
/**
 * To join: those that run.
 */
programs: Array<ProgramLine>, 
/**
 * Newest first.
 */
open: Array<OpenLine>, 
/**
 * Within the last 24 hours, newest first.
 */
answered: Array<AnsweredLine>, };
export type EntityKind = "business" | "program" | "reward" | "staff" | "device" | "member" | "key" | "printed_code" | "card" | "request" | "notification" | "preferences" | "user";
export type EntryId = string;
export type EntryLine = { id: EntryId, kind: string, delta: Points, balance_after: Points, reason?: string, business: BusinessId, at: Timestamp, };
export type EraseMe = { password?: string, };
export type ErrorBody = { error: WireError, };
export type Evidence = "app" | "link" | "sms_code" | "fresh_code";
export type Expiring = { points: Points, 
/**
 * The shop's day at whose beginning they are gone, YYYY-MM-DD.
 */
on: string, };
export type Expiry = { "kind": "never" } | { "kind": "after_earning", months: number, } | { "kind": "inactivity", months: number, };
export type ExpiryKind = "never" | "after_earning" | "inactivity";
export type FindCustomer = { phone?: string, email?: string, card?: string, 
/**
 * Six digits that the customer reads out from their page.
 */
short_code?: string, };
export type FoundCustomer = { 
/**
 * This business's handle for the person; later calls take it.
 */
id: HandleId, display_name: string, };
export type FoundEnrollment = { program: ProgramId, card: CardId, balance: Points, available: Points, tier?: string, };
export type FoundStatus = "member" | "not_enrolled" | "pending";
export type GiveCode = { email?: string, phone?: string, code: string, };
export type Gives = { "kind": "money_off", amount: Money, } | { "kind": "percent_off", percent: number, } | { "kind": "product", product: string, } | { "kind": "text", text: string, };
export type GivesKind = "money_off" | "percent_off" | "product" | "text";
export type HandleId = string;
export type HoldId = string;
export type InPerson = { answer: RequestAnswer, 
/**
 * The language that the question was shown in.
 */
language: Language, };
export type InboxView = { items: Array<NotificationBody>, };
export type InteractionLine = { at: Timestamp, kind: string, id: string, 
/**
 * The kind of code, of entry, of request, or of message.
 */
what: string, 
/**
 * What came of it; `reversed` of an entry that was taken back.
 */
result?: string, reason?: string, points?: Points, balance?: Points, staff?: StaffId, device?: DeviceId, };
export type InvitationView = { 
/**
 * `host:port`, or a whole address.
 */
address: string, code: Secret, fingerprint: string | null, };
export type InviteDevice = { 
/**
 * A till to pair anew, instead of a new one.
 */
device?: DeviceId, };
export type InviteStaff = { name: string, role: Role, email?: string, phone?: string, 
/**
 * To switch on at a till with.
 */
pin?: string, };
export type Item = { entity: EntityKind, id: string, seq: number, deleted?: boolean, body?: JsonValue, };
export type JoinShop = { address: string, code: Secret, 
/**
 * Of the certificate whose words were compared, or that the QR code named; missing where
 * there is nothing to compare.
 */
fingerprint: string | null, till: string, };
export type JsonValue = number | string | boolean | Array<JsonValue> | { [key in string]: JsonValue } | null;
export type KeyBody = { id: KeyId, code_id: CodeId, 
/**
 * In `b:` only.
 */
member: HandleId | null, 
/**
 * SPKI in base64.
 */
public_key: string, 
/**
 * In `u:` only.
 */
label: string | null, revoked: boolean, created_at: Timestamp, };
export type KeyId = string;
export type KeyRegistered = { key: RegisteredKey, };
export type Language = "en" | "sw";
export type Limits = { frame_bytes: number, 
/**
 * Operations that may be unanswered at once on a connection.
 */
unanswered_ops: number, };
export type LinksView = { open: boolean, port: number | null, 
/**
 * `http://host:port`; missing while it is not open, or this computer is on no network.
 */
url: string | null, 
/**
 * Why it is not open though it should be.
 */
failure: WireError | null, };
export type LookUp = { text: string, };
export type MemberBody = { 
/**
 * The business's handle for the person.
 */
id: HandleId, name: string, 
/**
 * What staff wrote.
 */
notes: string, tags: Array<string>, phone: Phone | null, email: Email | null, visits: number, 
/**
 * Minor units of the business's currency.
 */
spend: number, joined_at: Timestamp | null, first_visit_at: Timestamp | null, last_visit_at: Timestamp | null, };
export type MergeCustomers = { keep: HandleId, merge: HandleId, };
export type Money = { 
/**
 * Minor units (cents).
 */
amount: number, currency: Currency, };
export type NetworkView = { 
/**
 * This computer carries the server of a shop of its own.
 */
here: boolean, open: boolean, port: number | null, 
/**
 * `host:port`, the best one first; empty while this computer is on no network.
 */
addresses: Array<string>, 
/**
 * Why it is not open though it should be.
 */
failure: WireError | null, links: LinksView, };
export type Nothing = Record<symbol, never>;
export type NotificationAnswer = { message: string, notification: NotificationRow, };
export type NotificationBody = { id: NotificationId, 
/**
 * In `b:`: whose it is.
 */
staff: StaffId | null, type: string, title: string, message: string, related_id: string | null, related_type: string | null, metadata: Record<string, unknown>, is_read: boolean, created_at: Timestamp, };
export type NotificationId = string;
export type NotificationList = { message: string, count: number, notifications: Array<NotificationRow>, };
export type NotificationRow = { id: NotificationId, type: string, channel: string, title: string, message: string, related_id?: string, related_type?: string, metadata: Record<string, unknown>, is_read: boolean, sent_at: Timestamp, delivered_at: Timestamp, sms_sent: boolean, sms_error?: string, email_sent: boolean, email_error?: string, created_at: Timestamp, updated_at: Timestamp, };
export type OpenLine = { request: RequestId, person: PersonLine, program: string, 
/**
 * When it was last sent.
 */
asked_at: Timestamp, 
/**
 * Until when the counter waits.
 */
counter_until: Timestamp, open_until: Timestamp, send_again_from: Timestamp, 
/**
 * The customer had it on the screen.
 */
seen: boolean, };
export type OpenScreen = { screen: ScreenName, about: string | null, };
export type Operation = { id: OperationId, kind: string, body: JsonValue, 
/**
 * Needed only where the caller acts for several businesses.
 */
business?: BusinessId, 
/**
 * Who stands at the till; a till's operations carry it.
 */
staff_token?: string, 
/**
 * The asker's time; the server's own counts for every rule.
 */
at?: Timestamp, };
export type OperationId = string;
export type Outcome = { id: OperationId, outcome: OutcomeKind, code?: string, 
/**
 * For a person, in the caller's language.
 */
message?: string, details?: JsonValue, data: JsonValue, 
/**
 * Where the scopes that the caller may read stood after it.
 */
moved: Record<string, Cursor>, };
export type OutcomeKind = "applied" | "rejected" | "retry";
export type Owner = { name: string, email?: string, phone?: string, password: string, };
export type Painted = { 
/**
 * Milliseconds from the page's start to its first screen.
 */
after_ms: number, };
export type PairDevice = { code: string, name: string, };
export type PersonLine = { 
/**
 * Missing while only an address is known.
 */
id: HandleId | null, name: string, 
/**
 * First name, for sentences.
 */
short_name: string, initials: string, 
/**
 * Masked, of members only, or of whom an address was typed.
 */
phone: string | null, };
export type Phone = string;
export type PictureFile = { 
/**
 * The file's bytes in base64: PNG, JPEG, WebP, GIF or BMP.
 */
data: string, };
export type Points = number;
export type PreferencesAnswer = { message: string, preferences: PreferencesBody, };
export type PreferencesBody = { 
/**
 * In `b:` only: whose they are.
 */
staff?: StaffId, 
/**
 * In `u:` only.
 */
sms_phone: Phone | null, 
/**
 * Channels. SMS costs, so a customer gets one only for what they can answer no other way.
 */
sms_enabled: boolean, email_enabled: boolean, in_app_enabled: boolean, push_enabled: boolean, desktop_enabled: boolean, 
/**
 * Groups of types.
 */
payment_notifications: boolean, stock_notifications: boolean, sales_notifications: boolean, wallet_notifications: boolean, credit_notifications: boolean, expense_notifications: boolean, daily_summary: boolean, loyalty_notifications: boolean, reward_notifications: boolean, promotion_notifications: boolean, system_notifications: boolean, 
/**
 * In the person's own time zone; may span midnight.
 */
quiet_hours_enabled: boolean, quiet_start: TimeOfDay, quiet_end: TimeOfDay, };
export type PreviewView = { width: number, height: number, jpeg: string, };
export type PrintedCode = { file: SavedFile, 
/**
 * The picture in it: a PNG in base64.
 */
png: string, };
export type PrintedCodeBody = { id: PrintedCodeId, member: HandleId, revoked: boolean, };
export type PrintedCodeData = { text: string, 
/**
 * A PNG in base64.
 */
png: string, };
export type PrintedCodeId = string;
export type ProgramBody = { id: ProgramId, name: string, kind: ProgramKind, status: ProgramStatus, earn: EarnRule, welcome_bonus: Points, 
/**
 * From the least on.
 */
tiers: Array<Tier>, expiry: Expiry, };
export type ProgramCard = { program: string, card: CardLine, };
export type ProgramCheck = { wrong: Array<Wrong>, 
/**
 * Missing while something is wrong.
 */
sound: SoundProgram | null, };
export type ProgramDetail = { program: ProgramBody, form: ProgramForm, 
/**
 * The cheapest first; paused ones, too.
 */
rewards: Array<RewardDetail>, };
export type ProgramForm = { 
/**
 * Missing for a new one.
 */
program: ProgramId | null, name: string, 
/**
 * So many points for each so much money.
 */
points: string, per: string, rounding: Rounding, 
/**
 * Empty is none.
 */
welcome_bonus: string, tiers: Array<TierForm>, expiry: ExpiryKind, 
/**
 * What is typed while points last for ever is kept and does not count.
 */
months: string, };
export type ProgramId = string;
export type ProgramKind = "points";
export type ProgramLine = { id: ProgramId, name: string, status: ProgramStatus, earn: EarnRule, 
/**
 * From the least on.
 */
tiers: Array<Tier>, };
export type ProgramStatus = "draft" | "active" | "paused" | "ended";
export type ProgramsView = { shop: string, currency: Currency, programs: Array<ProgramDetail>, };
export type ReadAllAnswer = { message: string, count: number, };
export type ReadOut = { code: string, };
export type Refresh = { refresh_token: string, };
export type RegisterKey = { 
/**
 * SPKI in base64.
 */
public_key: string, label: string, };
export type RegisteredKey = { id: KeyId, code_id: CodeId, };
export type RequestAnswer = "accept" | "decline";
export type RequestAnswered = { request: RequestBody, card?: CardId, };
export type RequestBody = { id: RequestId, kind: RequestKind, status: RequestStatus, business: BusinessId, business_name: string, program: ProgramId, program_name: string, 
/**
 * In `b:` only: whom it asks, where the request names a person.
 */
customer: HandleId | null, 
/**
 * In `b:` only, while it is open: the name that the person showed with their code.
 */
asked_name: string | null, 
/**
 * In `b:` only: the address it went to, masked, where it names none.
 */
asked_address: string | null, 
/**
 * In `b:` only: the till that asked.
 */
asked_by?: DeviceId, asked_at: Timestamp, expires_at: Timestamp, 
/**
 * Until when the counter waits.
 */
counter_until: Timestamp, seen_at: Timestamp | null, closed_at: Timestamp | null, 
/**
 * The card that accepting made, or that the points are on.
 */
card: CardId | null, 
/**
 * The points that a yes deducts; 0 where it is about joining.
 */
points: Points, 
/**
 * What the points are for.
 */
reason: string | null, 
/**
 * What they buy, where it is a reward.
 */
reward?: RewardId, 
/**
 * Points that wait on the acceptance.
 */
waiting: Points, 
/**
 * What accepting shares with the business, and what it never sees.
 */
shares: Array<Shared>, never_shares: Array<Shared>, 
/**
 * The version of the question's words; the consent record keeps it.
 */
wording: string, 
/**
 * The question as it is to be shown; missing once it is closed.
 */
text?: ConsentTexts, };
export type RequestData = { request: RequestId, };
export type RequestDeduction = { card: CardId, 
/**
 * Needed where no reward says it; with a reward it is what that costs.
 */
points?: Points, 
/**
 * What the customer reads; a reward's name where nothing is said.
 */
reason?: string, reward?: RewardId, };
export type RequestId = string;
export type RequestKind = "enrollment" | "points_deduction";
export type RequestStatus = "pending" | "accepted" | "declined" | "expired" | "cancelled";
export type ReverseEntry = { entry: EntryId, reason: string, };
export type ReviewLine = { at: Timestamp, why: Array<Why>, entry?: EntryId, 
/**
 * The kind of line.
 */
kind?: string, points?: Points, request?: RequestId, 
/**
 * How a yes came.
 */
channel?: AnswerChannel, card?: CardId, customer?: HandleId, name?: string, staff?: StaffId, device?: DeviceId, };
export type RewardBody = { id: RewardId, program: ProgramId, name: string, cost: Points, gives: Gives, status: RewardStatus, };
export type RewardCheck = { wrong: Array<Wrong>, 
/**
 * Missing while something is wrong.
 */
sound: SoundReward | null, };
export type RewardDetail = { reward: RewardBody, form: RewardForm, };
export type RewardForm = { program: ProgramId, 
/**
 * Missing for a new one.
 */
reward: RewardId | null, name: string, cost: string, gives: GivesKind, 
/**
 * So much money, so many hundredths, or words; without words the name says it.
 */
value: string, };
export type RewardId = string;
export type RewardLine = { id: RewardId, name: string, cost: Points, gives: Gives, 
/**
 * The balance after a yes.
 */
leaves: Points, 
/**
 * How many points are lacking; 0 where there are enough.
 */
missing: Points, };
export type RewardStatus = "active" | "paused";
export type Role = "cashier" | "manager" | "owner";
export type Rounding = "down" | "nearest" | "up";
export type SavedFile = { path: string, name: string, };
export type Scan = { code: string, };
export type ScanId = string;
export type ScanLine = { id: ScanId, at: Timestamp, kind: string, result: string, reason?: string, customer?: HandleId, name?: string, staff?: StaffId, device?: DeviceId, };
export type ScopeName = string;
export type ScreenName = "counter" | "customers" | "enrol" | "inbox" | "settings";
export type Secret = string;
export type Seen = "ever" | "this_week" | "this_month" | "long_ago";
export type Sent = { in_app: boolean, sms: boolean, email: boolean, };
export type ServerFrame = { "type": "welcome", server_time: Timestamp, limits: Limits, 
/**
 * What this caller may read.
 */
scopes: Array<string>, } | { "type": "changes" } & Changes | { "type": "reset", scope: ScopeName, epoch: number, reason: string, } | { "type": "result" } & Outcome | { "type": "pong", heads: Record<string, Cursor>, } | { "type": "error", code: string, message: string, };
export type SessionId = string;
export type SessionLine = { id: SessionId, 
/**
 * The browser, as far as it says: "Firefox, Android".
 */
label: string, 
/**
 * Whether this call came from it.
 */
current: boolean, created_at: Timestamp, used_at: Timestamp, };
export type SetLanguage = { language: Language, };
export type SetPassword = { old?: string, new: string, };
export type SetTheme = { theme: Theme, };
export type Settings = { 
/**
 * How long a customer has to answer about their points, in minutes: the hold's life, and the
 * ring's on till and phone (SPEC PT-5).
 */
approval_minutes: number, 
/**
 * What counts as a yes about points instead of a signature; nothing by itself.
 */
approval_evidence: Array<Evidence>, 
/**
 * The most points that one code approves, and that all codes together approve on one card
 * within a day (SPEC PT-5).
 */
fresh_code_points: Points, fresh_code_points_day: Points, 
/**
 * The most points that one adjustment by a manager, or by an owner, may add or take, and that
 * one entry may have taken which they take back.
 */
adjust_max_manager: Points, adjust_max_owner: Points, 
/**
 * How long a question to join stays open, in days (SPEC CU-7).
 */
request_days: number, 
/**
 * How long nobody who said no is asked again, in days (SPEC CU-7).
 */
ask_again_days: number, 
/**
 * Whether customers may answer at the till (SPEC CU-5). Undecided: only while the server has
 * no way to send messages.
 */
in_person: boolean | null, 
/**
 * Where the shop's days begin and end, by its name in the IANA database; the country's where
 * nothing is said.
 */
time_zone: string | null, 
/**
 * Between which hours points usually move; may span midnight (SPEC PT-8).
 */
opens: TimeOfDay, closes: TimeOfDay, 
/**
 * From how many points on a line of the ledger is worth a manager's look.
 */
review_points: Points, 
/**
 * From how many awards to one card within a day on.
 */
review_awards: number, };
export type Setup = { "state": "first_run" } | { "state": "starting" } | { "state": "ready" } | { "state": "failed", error: WireError, };
export type Shared = "name" | "phone" | "email" | "phone_or_email" | "purchases" | "visits" | "points";
export type SharedBusiness = { id: BusinessId, name: string, currency: Currency, joined_at?: Timestamp, last_visit_at?: Timestamp, visits: number, 
/**
 * Minor units of the currency.
 */
spend: number, cards: Array<CardBody>, };
export type ShopLine = { name: string, currency: Currency, country: string, };
export type ShopLook = { 
/**
 * Of a certificate of its own; missing where there is nothing to compare.
 */
fingerprint: string | null, 
/**
 * The words by which people compare it with the other screen.
 */
words: Array<string> | null, };
export type ShopView = { name: string, country: string, currency: Currency, 
/**
 * Which of the business's tills this is.
 */
device: DeviceId, till: string, 
/**
 * `http://host:port`.
 */
server: string, 
/**
 * A code that a customer shows at the till is a yes about points.
 */
codes_approve: boolean, 
/**
 * Up to how many points, at once and on one card within a day.
 */
code_points: Points, code_points_day: Points, };
export type ShortCode = { code: string, expires_at: Timestamp, };
export type SignIn = { email?: string, phone?: string, password: string, };
export type SignUp = { name?: string, email?: string, phone?: string, password: string, };
export type SignedBy = { 
/**
 * The signing key.
 */
key: KeyId, 
/**
 * `r‖s` in standard base64.
 */
value: string, };
export type SignedIn = { token: string, refresh_token: string, 
/**
 * Seconds until the token runs out.
 */
expires_in: number, user: UserBody, };
export type SoundAdjust = { 
/**
 * Below zero to take.
 */
points: Points, reason: string, 
/**
 * The balance after it.
 */
leaves: Points, };
export type SoundProgram = { name: string, earn: EarnRule, welcome_bonus: Points, tiers: Array<Tier>, expiry: Expiry, 
/**
 * What a sale of ten times the rule's money earns.
 */
example: Earned | null, };
export type SoundReward = { name: string, cost: Points, gives: Gives, };
export type SpendAsk = { 
/**
 * The points, as typed; a reward's cost stands instead of them.
 */
text: string, 
/**
 * What for: the customer reads it. A reward's name stands instead of it.
 */
reason: string, reward: RewardId | null, };
export type SpendState = { "state": "asking" } | { "state": "waiting", request: RequestId, asked_at: Timestamp, 
/**
 * Until when the points are set aside, and the answer counts.
 */
until: Timestamp, send_again_from: Timestamp, 
/**
 * The customer has it on the screen.
 */
seen: boolean, 
/**
 * The code on the customer's phone, shown here again, is a yes too.
 */
by_code: boolean, 
/**
 * Why the code that was shown last is none.
 */
refused: WireError | null, } | { "state": "cancelling" } | { "state": "approved", at: Timestamp, } | { "state": "declined" } | { "state": "timed_out" } | { "state": "cancelled" };
export type SpendView = { points: Points | null, 
/**
 * The balance after a yes.
 */
leaves: Points | null, 
/**
 * Why they cannot be asked for; missing for an empty field.
 */
error: WireError | null, };
export type StaffAnswer = { staff: StaffDetail, };
export type StaffBody = { id: StaffId, name: string, role: Role, 
/**
 * Whether they can switch on at a till.
 */
has_pin: boolean, };
export type StaffDetail = { id: StaffId, name: string, role: Role, has_pin: boolean, 
/**
 * Whether they took the place with an account of their own.
 */
joined: boolean, 
/**
 * Where the invitation went, until they have joined.
 */
invited?: string, created_at: Timestamp, };
export type StaffId = string;
export type StaffInvitation = { id: StaffId, business: BusinessId, business_name: string, role: Role, };
export type StaffLine = { id: StaffId, name: string, initials: string, role: Role, 
/**
 * May manage tills, staff and programmes.
 */
manages: boolean, 
/**
 * May correct a card, and take an entry back.
 */
corrects: boolean, 
/**
 * May write a person down by an address.
 */
writes_down: boolean, 
/**
 * May change the business itself.
 */
owns: boolean, };
export type StaffList = { items: Array<StaffDetail>, };
export type StartShop = { shop: string, name: string, 
/**
 * Phone number or e-mail address, to sign in with.
 */
address: string, 
/**
 * For the day when the PIN is forgotten.
 */
password: Secret, pin: Secret, 
/**
 * What this computer is called.
 */
till: string, };
export type SwitchOn = { staff: StaffId, pin: string, };
export type SwitchedOn = { staff_token: string, expires_in: number, };
export type TestAnswer = { message: string, sent: Sent, notification?: NotificationRow, };
export type TestChannel = "in_app" | "sms" | "email" | "all";
export type TestNotification = { type?: string, channel?: TestChannel, };
export type Theme = "system" | "light" | "dark";
export type Tier = { name: string, 
/**
 * From so many points earned on.
 */
from: Points, 
/**
 * What an amount of money earns here, in hundredths of the rule: 150 is half as much again.
 */
multiplier_percent: number, };
export type TierForm = { name: string, from: string, 
/**
 * What the points are multiplied by: "1.5".
 */
times: string, };
export type TillList = { items: Array<DeviceDetail>, };
export type TillSettings = { sounds: boolean, 
/**
 * Minutes without a key or a finger until the till locks; 0 is never.
 */
lock_after_minutes: number, 
/**
 * The number of a camera; missing for the first that opens.
 */
camera: number | null, 
/**
 * The preview is turned round, as in a mirror.
 */
mirror: boolean, };
export type TimeOfDay = string;
export type Timestamp = string;
export type UnsentKind = "awarded" | "points_asked" | "asked_to_join" | "taken_back" | "answered" | "written_down" | "corrected" | "reversed" | "customer_changed" | "shop_changed";
export type UnsentLine = { id: OperationId, at: Timestamp, what: UnsentKind, 
/**
 * A name, else a masked address, else a card's number; missing where the till knew none.
 */
whom: string | null, 
/**
 * Below zero where points were to be taken.
 */
points: Points | null, amount: Money | null, 
/**
 * Missing where the till did not know its shop yet.
 */
shop: string | null, };
export type UnsentView = { items: Array<UnsentLine>, };
export type UpdateBusiness = { name?: string, 
/**
 * Settings by name; what is missing stays.
 */
settings: Partial<Settings>, };
export type UpdateCustomer = { customer: HandleId, name?: string, notes?: string, tags?: Array<string>, };
export type UpdateDevice = { name: string, };
export type UpdateMe = { name?: string, language?: Language, 
/**
 * A new address gets a code; `POST /api/me/address` makes it the person's. At most one.
 */
email?: string, phone?: string, };
export type UpdatePreferences = { 
/**
 * Where SMS go; empty for the account's own phone.
 */
sms_phone?: string, sms_enabled?: boolean, email_enabled?: boolean, in_app_enabled?: boolean, push_enabled?: boolean, desktop_enabled?: boolean, payment_notifications?: boolean, stock_notifications?: boolean, sales_notifications?: boolean, wallet_notifications?: boolean, credit_notifications?: boolean, expense_notifications?: boolean, daily_summary?: boolean, loyalty_notifications?: boolean, reward_notifications?: boolean, promotion_notifications?: boolean, system_notifications?: boolean, quiet_hours_enabled?: boolean, quiet_start?: TimeOfDay, quiet_end?: TimeOfDay, };
export type UpdateProgram = { program: ProgramId, name?: string, status?: ProgramStatus, earn?: EarnRule, welcome_bonus?: Points, 
/**
 * All of them, from the least on.
 */
tiers?: Array<Tier>, expiry?: Expiry, };
export type UpdateReward = { reward: RewardId, name?: string, cost?: Points, gives?: Gives, status?: RewardStatus, };
export type UpdateStaff = { 
/**
 * Only until the person has joined with an account of their own.
 */
name?: string, role?: Role, pin?: string, };
export type UserBody = { id: UserId, 
/**
 * What a shop sees before consent.
 */
display_name: string, name: string | null, phone: Phone | null, phone_verified: boolean, email: Email | null, email_verified: boolean, language: Language, };
export type UserId = string;
export type WaitingData = { entry: EntryId, points: Points, waiting: Points, };
export type WhoLine = { id: StaffId, name: string, short_name: string, initials: string, role: Role, has_pin: boolean, };
export type WhoView = { staff: Array<WhoLine>, };
export type Why = { "why": "empty" } | { "why": "too_long", max: number, } | { "why": "not_whole" } | { "why": "not_money" } | { "why": "not_number" } | { "why": "out_of_range", min: number, max: number, } | { "why": "not_up_to", max: number, } | { "why": "not_rising" } | { "why": "twice" } | { "why": "too_many", max: number, } | { "why": "not_enough", available: Points, };
export type WindowEvent = { "event": "changed", what: Array<Changed>, } | { "event": "preview" } & PreviewView | { "event": "code_read" } | { "event": "exported", rows: number, } | { "event": "invitation" } & InvitationView | { "event": "closing", others: number, } | { "event": "open" } & OpenScreen;
export type WireError = { 
/**
 * Stable, for programs.
 */
code: string, 
/**
 * For a person.
 */
message: string, details?: JsonValue, };
export type Wrong = { 
/**
 * The field by its name; those of tiers as `tiers.0.from`.
 */
field: string, why: Why, };

export interface Calls {
  "app.view": { params: Record<symbol, never>; answer: AppView };
  "app.try_demo": { params: Record<symbol, never>; answer: AppView };
  "app.start_shop": { params: { shop: string, name: string, 
/**
 * Phone number or e-mail address, to sign in with.
 */
address: string, 
/**
 * For the day when the PIN is forgotten.
 */
password: Secret, pin: Secret, 
/**
 * What this computer is called.
 */
till: string, }; answer: AppView };
  "app.join_shop": { params: { address: string, code: Secret, 
/**
 * Of the certificate whose words were compared, or that the QR code named; missing where
 * there is nothing to compare.
 */
fingerprint: string | null, till: string, }; answer: AppView };
  "app.look_at_shop": { params: { address: string, }; answer: ShopLook };
  "app.read_invitation": { params: { text: string, }; answer: InvitationView };
  "app.scan_invitation": { params: { on: boolean, }; answer: AppView };
  "app.leave": { params: Record<symbol, never>; answer: AppView };
  "app.close": { params: Record<symbol, never>; answer: Nothing };
  "app.keep_running": { params: Record<symbol, never>; answer: Nothing };
  "app.unsent": { params: Record<symbol, never>; answer: UnsentView };
  "app.save_unsent": { params: Record<symbol, never>; answer: SavedFile };
  "app.forget_unsent": { params: Record<symbol, never>; answer: Nothing };
  "app.try_now": { params: Record<symbol, never>; answer: Nothing };
  "app.set_language": { params: { language: Language, }; answer: AppView };
  "app.set_theme": { params: { theme: Theme, }; answer: AppView };
  "app.settings": { params: Record<symbol, never>; answer: TillSettings };
  "app.set_settings": { params: { sounds: boolean, 
/**
 * Minutes without a key or a finger until the till locks; 0 is never.
 */
lock_after_minutes: number, 
/**
 * The number of a camera; missing for the first that opens.
 */
camera: number | null, 
/**
 * The preview is turned round, as in a mirror.
 */
mirror: boolean, }; answer: TillSettings };
  "app.cameras": { params: Record<symbol, never>; answer: CamerasView };
  "app.painted": { params: { 
/**
 * Milliseconds from the page's start to its first screen.
 */
after_ms: number, }; answer: Nothing };
  "counter.view": { params: Record<symbol, never>; answer: CounterView };
  "counter.look_up": { params: { text: string, }; answer: CounterView };
  "counter.scanned": { params: { text: string, }; answer: CounterView };
  "counter.picture": { params: { 
/**
 * The file's bytes in base64: PNG, JPEG, WebP, GIF or BMP.
 */
data: string, }; answer: CounterView };
  "counter.amount": { params: { text: string, }; answer: AmountView };
  "counter.ask": { params: Record<symbol, never>; answer: CounterView };
  "counter.send_again": { params: Record<symbol, never>; answer: CounterView };
  "counter.cancel": { params: Record<symbol, never>; answer: CounterView };
  "counter.answer_by_code": { params: { code: string, }; answer: CounterView };
  "counter.answer_in_person": { params: { answer: RequestAnswer, 
/**
 * The language that the question was shown in.
 */
language: Language, }; answer: CounterView };
  "counter.award": { params: { text: string, }; answer: CounterView };
  "counter.spending": { params: { text: string, }; answer: SpendView };
  "counter.spend": { params: { 
/**
 * The points, as typed; a reward's cost stands instead of them.
 */
text: string, 
/**
 * What for: the customer reads it. A reward's name stands instead of it.
 */
reason: string, reward: RewardId | null, }; answer: CounterView };
  "counter.clear": { params: Record<symbol, never>; answer: CounterView };
  "customers.view": { params: { filter: CustomerFilter, sort: CustomerSort, offset: number, 
/**
 * At most 200.
 */
limit: number, }; answer: CustomersView };
  "customers.one": { params: { customer: HandleId, }; answer: CustomerView };
  "enrol.view": { params: Record<symbol, never>; answer: EnrolView };
  "enrol.ask": { params: { text: string, program: ProgramId, }; answer: Nothing };
  "enrol.write_down": { params: { 
/**
 * The phone number or e-mail address, as typed.
 */
text: string, 
/**
 * What the shop calls them; empty where nobody knows.
 */
name: string, }; answer: Nothing };
  "enrol.send_again": { params: { request: RequestId, }; answer: Nothing };
  "enrol.cancel": { params: { request: RequestId, }; answer: Nothing };
  "inbox.view": { params: Record<symbol, never>; answer: InboxView };
  "inbox.read": { params: { notification: NotificationId, }; answer: Nothing };
  "inbox.read_all": { params: Record<symbol, never>; answer: Nothing };
  "staff.who": { params: Record<symbol, never>; answer: WhoView };
  "staff.switch_on": { params: { staff: StaffId, pin: Secret, }; answer: Nothing };
  "staff.lock": { params: Record<symbol, never>; answer: Nothing };
  "staff.list": { params: Record<symbol, never>; answer: StaffList };
  "staff.add": { params: { name: string, role: Role, phone: string | null, email: string | null, pin: Secret | null, }; answer: StaffAnswer };
  "staff.change": { params: { staff: StaffId, name: string | null, role: Role | null, pin: Secret | null, }; answer: StaffAnswer };
  "staff.remove": { params: { staff: StaffId, }; answer: Nothing };
  "tills.list": { params: Record<symbol, never>; answer: TillList };
  "tills.invite": { params: { device: DeviceId | null, }; answer: DeviceInvitation };
  "tills.network": { params: Record<symbol, never>; answer: NetworkView };
  "tills.let_join": { params: { on: boolean, }; answer: NetworkView };
  "tills.let_answer": { params: { on: boolean, }; answer: NetworkView };
  "tills.rename": { params: { device: DeviceId, name: string, }; answer: Nothing };
  "tills.revoke": { params: { device: DeviceId, }; answer: Nothing };
  "shop.view": { params: Record<symbol, never>; answer: ShopView };
  "shop.rename": { params: { name: string, }; answer: Nothing };
  "shop.let_codes_approve": { params: { on: boolean, }; answer: Nothing };
  "shop.check_code_limits": { params: { 
/**
 * By one code.
 */
once: string, 
/**
 * On one card within 24 hours.
 */
day: string, }; answer: CodeLimitsCheck };
  "shop.save_code_limits": { params: { 
/**
 * By one code.
 */
once: string, 
/**
 * On one card within 24 hours.
 */
day: string, }; answer: Nothing };
  "programs.view": { params: Record<symbol, never>; answer: ProgramsView };
  "programs.check": { params: { 
/**
 * Missing for a new one.
 */
program: ProgramId | null, name: string, 
/**
 * So many points for each so much money.
 */
points: string, per: string, rounding: Rounding, 
/**
 * Empty is none.
 */
welcome_bonus: string, tiers: Array<TierForm>, expiry: ExpiryKind, 
/**
 * What is typed while points last for ever is kept and does not count.
 */
months: string, }; answer: ProgramCheck };
  "programs.save": { params: { 
/**
 * Missing for a new one.
 */
program: ProgramId | null, name: string, 
/**
 * So many points for each so much money.
 */
points: string, per: string, rounding: Rounding, 
/**
 * Empty is none.
 */
welcome_bonus: string, tiers: Array<TierForm>, expiry: ExpiryKind, 
/**
 * What is typed while points last for ever is kept and does not count.
 */
months: string, }; answer: Nothing };
  "programs.change": { params: { program: ProgramId, name?: string, status?: ProgramStatus, earn?: EarnRule, welcome_bonus?: Points, 
/**
 * All of them, from the least on.
 */
tiers?: Array<Tier>, expiry?: Expiry, }; answer: Nothing };
  "rewards.check": { params: { program: ProgramId, 
/**
 * Missing for a new one.
 */
reward: RewardId | null, name: string, cost: string, gives: GivesKind, 
/**
 * So much money, so many hundredths, or words; without words the name says it.
 */
value: string, }; answer: RewardCheck };
  "rewards.save": { params: { program: ProgramId, 
/**
 * Missing for a new one.
 */
reward: RewardId | null, name: string, cost: string, gives: GivesKind, 
/**
 * So much money, so many hundredths, or words; without words the name says it.
 */
value: string, }; answer: Nothing };
  "rewards.change": { params: { reward: RewardId, name?: string, cost?: Points, gives?: Gives, status?: RewardStatus, }; answer: Nothing };
  "customers.story": { params: { customer: HandleId, }; answer: CustomerStory };
  "customers.change": { params: { customer: HandleId, name?: string, notes?: string, tags?: Array<string>, }; answer: Nothing };
  "customers.merge": { params: { keep: HandleId, merge: HandleId, }; answer: Nothing };
  "customers.check_adjust": { params: { card: CardId, 
/**
 * The points are taken; else they are added.
 */
takes: boolean, points: string, 
/**
 * The customer reads it.
 */
reason: string, }; answer: AdjustCheck };
  "customers.adjust": { params: { card: CardId, 
/**
 * The points are taken; else they are added.
 */
takes: boolean, points: string, 
/**
 * The customer reads it.
 */
reason: string, }; answer: Nothing };
  "customers.reverse": { params: { entry: EntryId, reason: string, }; answer: Nothing };
  "customers.print_code": { params: { customer: HandleId, }; answer: PrintedCode };
  "customers.export": { params: { 
/**
 * As typed: names, tags, a phone number or a card number, or the beginnings of them.
 */
text: string, 
/**
 * Only holders of this programme's card.
 */
program: ProgramId | null, 
/**
 * Only holders of a card in a tier of this name.
 */
tier: string | null, seen: Seen, 
/**
 * Only whom an open question asks to join, customers or not.
 */
waiting: boolean, }; answer: SavedFile };
}
