//! The verbs, one file each, pure: `(World, operation, context)` → effects or a refusal.
//!
//! No SQL, no await, no clock: the engine loads what a verb [`needs`](Op::needs), calls
//! [`decide`](Op::decide) and writes the effects. Used by the server only.

mod add_device;
mod add_staff;
mod adjust_points;
mod answer_request;
mod answering;
mod ask_enrollment;
mod award_points;
mod close_request;
mod create_business;
mod create_program;
mod deduction;
mod ending;
mod find_customer;
mod identify;
mod issue_printed_code;
mod joining;
mod leave_business;
mod leave_program;
mod mark_read;
mod op;
mod register_key;
mod request_deduction;
mod resend_request;
mod reverse_entry;
mod revoke_key;
mod scan;
mod see_request;
mod sign_up;
mod test_notification;
mod update_business;
mod update_me;
mod update_preferences;
mod update_program;

pub use add_device::AddDevice;
pub use add_staff::AddStaff;
pub use adjust_points::AdjustPoints;
pub use answer_request::{AnswerRequest, CheckedSignature};
pub use ask_enrollment::{AskEnrollment, Whom};
pub use award_points::{AwardPoints, AwardTo, Worth};
pub use close_request::{CancelRequest, ExpireRequest};
pub use create_business::CreateBusiness;
pub use create_program::CreateProgram;
pub use find_customer::{FindBy, FindCustomer};
pub use issue_printed_code::IssuePrintedCode;
pub use leave_business::LeaveBusiness;
pub use leave_program::LeaveProgram;
pub use mark_read::{MarkAllRead, MarkRead};
pub use op::{Act, Actor, Ctx, Op, StaffActor, Stop};
pub use register_key::RegisterKey;
pub use request_deduction::RequestDeduction;
pub use resend_request::ResendRequest;
pub use reverse_entry::ReverseEntry;
pub use revoke_key::RevokeKey;
pub use scan::{CodeRead, Scan};
pub use see_request::SeeRequest;
pub use sign_up::SignUp;
pub use test_notification::TestNotification;
pub use update_business::UpdateBusiness;
pub use update_me::UpdateMe;
pub use update_preferences::UpdatePreferences;
pub use update_program::UpdateProgram;
