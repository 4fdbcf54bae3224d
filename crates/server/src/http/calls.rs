//! Every call there is. A new one is a line here; the router and the API's document follow.

use super::endpoint::endpoints;
use super::{
    auth, businesses, changes, customers, devices, health, links, me, notifications, one_time,
    openapi, operations, records, requests, reviews, rewards, sessions, sharing, staff,
};

/// What a second call does where it is not given the first one's answer again: writes that are no
/// operations, and answers that hold a secret, which is not kept. The rest takes an
/// `Idempotency-Key`, as a test holds.
pub(crate) static SENT_AGAIN: &[(&str, &str, &str)] = &[
    ("POST", "/api/auth/sign-in", "Signs in once more: tokens are not kept."),
    ("POST", "/api/auth/refresh", "Gives another pair, until the newer one has been used."),
    ("POST", "/api/auth/sign-out", "Is answered 401: the session has ended."),
    ("POST", "/api/auth/code", "Sends another code, which takes the place of the one before."),
    ("POST", "/api/auth/code/verify", "Is refused: a code counts once."),
    ("POST", "/api/devices/pair", "Is refused: an invitation counts once."),
    ("POST", "/api/devices/token", "Gives another credential, until the newer one has been used."),
    ("POST", "/api/devices/switch-on", "Switches on once more: tokens are not kept."),
    ("DELETE", "/api/me", "Is answered 401: its session went with the account."),
    ("DELETE", "/api/me/sessions", "Is answered 401: the session has ended."),
    ("DELETE", "/api/me/sessions/{session}", "Changes nothing."),
    (
        "POST",
        "/api/me/short-codes",
        "Gives other digits: the first are not kept, and count no more.",
    ),
    ("POST", "/api/operations", "Is given the first answer, by the id in its body."),
    (
        "POST",
        "/api/businesses/{business}/invitations",
        "Makes another invitation: its code is not kept.",
    ),
    ("POST", "/r/{token}", "Shows the request as it was answered."),
];

endpoints! {
    /// Calls that strangers make: counted by where they come from.
    LIMITED {
        POST "/api/auth/sign-up" auth::sign_up, "Makes a customer's account and signs it in.";
        POST "/api/auth/sign-in" auth::sign_in, "Signs in by password.";
        POST "/api/auth/refresh" auth::refresh, "Gives a new pair of tokens for the refresh token.";
        POST "/api/auth/code" one_time::send, "Sends a one-time code that signs in, from this browser alone.";
        POST "/api/auth/code/verify" one_time::verify, "Signs in by a code, with the cookie that came with asking.";
        POST "/api/devices/pair" devices::pair, "Lets a till join by an invitation.";
        POST "/api/devices/token" devices::token, "Gives a till its token, and the credential for the next call.";
        POST "/api/devices/switch-on" devices::switch_on, "Switches a member of staff on at the till, by PIN.";
        POST "/api/businesses" businesses::create, "Starts a business with its owner, who is signed in.";
    }

    /// All others.
    OPEN {
        POST "/api/auth/sign-out" auth::sign_out, "Ends the session.";

        GET "/api/me" me::get, "The signed-in person.";
        PATCH "/api/me" me::update, "Changes the person's name or language; sends a code to a new address.";
        POST "/api/me/address" one_time::prove_address, "Makes an address the person's, by its code.";
        POST "/api/me/password" sessions::set_password, "Sets the password; signs out everywhere else.";
        GET "/api/me/sessions" sessions::list, "Where the person is signed in.";
        DELETE "/api/me/sessions" sessions::end_all, "Signs out everywhere.";
        DELETE "/api/me/sessions/{session}" sessions::end, "Signs out in one place.";
        GET "/api/me/invitations" staff::waiting, "Places that shops keep for the person.";
        POST "/api/me/invitations/{staff}/accept" staff::join, "Takes such a place.";
        GET "/api/me/keys" me::keys, "The person's signing keys.";
        POST "/api/me/keys" me::register_key, "Registers a page's public key.";
        DELETE "/api/me/keys/{key}" me::revoke_key, "Revokes a key.";
        GET "/api/me/codes/printed" me::printed_code, "The person's own code to print.";
        GET "/api/me/cards" me::cards, "The person's cards.";
        GET "/api/me/cards/{card}/entries" me::entries, "A card's history, the newest first.";
        GET "/api/me/cards/{card}/rewards" rewards::of_card, "What a card's points buy.";
        GET "/api/me/offers" rewards::offers, "What the person's cards can come to: rewards, tiers, points that run out soon.";
        GET "/api/me/requests" me::requests, "What the person is or was asked.";
        POST "/api/me/short-codes" sharing::short_code, "Six digits that name the person once, for two minutes.";
        GET "/api/me/export" sharing::export, "Everything that the server keeps of the person, as JSON.";
        DELETE "/api/me" sharing::erase, "Deletes the account: the password, or a session younger than ten minutes.";
        GET "/api/me/businesses" sharing::businesses, "The businesses that the person shares data with.";
        POST "/api/me/programs/{program}/leave" sharing::leave_program, "Leaves a programme: the card ends, its points lapse.";
        POST "/api/me/businesses/{business}/leave" sharing::leave_business, "Takes consent back: what the business keeps becomes nobody's.";
        POST "/api/requests/{request}/answer" requests::answer, "Accepts or declines a request.";
        POST "/api/requests/{request}/seen" requests::seen, "The person has the request on the screen.";

        GET "/api/r/{token}" links::get, "A request, by the one-time link that was sent.";
        POST "/api/r/{token}" links::answer, "Answers a request by its one-time link.";

        GET "/api/notifications" notifications::list, "What the person was told, the newest first.";
        PATCH "/api/notifications/read/all" notifications::read_all, "Marks all as read.";
        PATCH "/api/notifications/{notification}/read" notifications::read, "Marks one as read.";

        GET "/api/notifications/preferences" notifications::preferences, "What the person wants to be told, and how.";
        PATCH "/api/notifications/preferences" notifications::choose, "Changes what the person is told; what is missing stays.";
        POST "/api/notifications/test" notifications::test, "Sends a notification to oneself.";

        POST "/api/operations" operations::submit, "Asks for a change in a business.";
        GET "/api/businesses/{business}" businesses::get, "A business with its settings.";
        PATCH "/api/businesses/{business}" businesses::update [ManageBusiness], "Changes a business's name or settings.";
        GET "/api/businesses/{business}/programs" businesses::programs, "A business's programmes.";

        GET "/api/businesses/{business}/rewards" rewards::of_business [IdentifyCustomer], "What the business's points buy.";

        GET "/api/businesses/{business}/customers" customers::list [SeeCustomers], "Members, and people whom an open request asks.";
        GET "/api/businesses/{business}/customers.csv" customers::file [ExportCustomers], "The same as a CSV file; that it was taken stands in the audit log.";
        GET "/api/businesses/{business}/customers/{customer}" customers::get [SeeCustomers], "One customer.";
        GET "/api/businesses/{business}/customers/{customer}/timeline" customers::timeline [SeeCustomers], "What passed with a customer, the newest first.";
        GET "/api/businesses/{business}/requests" records::requests [SeeCustomers], "What the business asked its customers, the newest first.";
        GET "/api/businesses/{business}/review" reviews::list [ReviewPoints], "What is large or unusual about points, the newest first.";
        GET "/api/businesses/{business}/scans" records::scans [SeeScans], "The log of scans and look-ups, the newest first.";

        PATCH "/api/businesses/{business}/notifications/read/all" notifications::read_all_as_staff, "Marks all as read that the person was told as staff.";
        PATCH "/api/businesses/{business}/notifications/{notification}/read" notifications::read_as_staff, "Marks one of these as read.";

        GET "/api/businesses/{business}/staff" staff::list [ManageStaff], "A business's staff.";
        POST "/api/businesses/{business}/staff" staff::invite [ManageStaff], "Makes a place for someone.";
        PATCH "/api/businesses/{business}/staff/{staff}" staff::update, "Changes a role or a PIN; everyone may change their own PIN.";
        DELETE "/api/businesses/{business}/staff/{staff}" staff::remove, "Takes a place, or gives up one's own.";
        POST "/api/businesses/{business}/invitations" devices::invite [ManageDevices], "Invites a till.";
        GET "/api/businesses/{business}/devices" devices::list [ManageDevices], "A business's tills.";
        PATCH "/api/businesses/{business}/devices/{device}" devices::update [ManageDevices], "Renames a till.";
        DELETE "/api/businesses/{business}/devices/{device}" devices::revoke [ManageDevices], "Revokes a till.";

        GET "/api/changes" changes::changes, "The feed of a scope after a cursor, for those without a socket.";
        GET "/ws" crate::ws::upgrade, "The WebSocket, version `reda.v1`.";

        GET "/health/live" health::live, "The process answers.";
        GET "/health/ready" health::ready, "The server takes requests.";
        GET "/metrics" health::metrics, "Numbers about the server, in Prometheus's text format; for this computer unless configured.";
        GET "/api/openapi.json" openapi::document, "This document.";
    }

    /// All that the port for one-time links serves; other listeners serve it too.
    LINKS {
        GET "/r/{token}" links::page, "A request, by the one-time link that was sent, as a page that needs no script.";
        POST "/r/{token}" links::submit, "What the page's buttons send.";
    }
}
