//! The member's own view.

use data_query::member::forecast::ExpectedIncome;
use ledger::YearStatement;
use ledger::record::{ExplainedCredit, Holdings, MemberDocument, Page, Transaction};
use performance::Performance;
use schemars::SchemaGenerator;
use serde_json::json;
use web::routes::MemberView;

use super::{Bodies, bodies};

/// The answer of a part of the view: of the caller's own, or of a member's.
pub(super) fn member_view(view: MemberView, own: bool, g: &mut SchemaGenerator) -> Bodies {
    let id = |own_id: &'static str, id: &'static str| if own { own_id } else { id };
    match view {
        MemberView::Year => {
            let id = id("getMyYearStatement", "getMemberYearStatement");
            bodies::<YearStatement>(g, id, "200", None)
        }
        MemberView::Credits => {
            let id = id("listMyCredits", "listMemberCredits");
            bodies::<Page<ExplainedCredit>>(g, id, "200", None)
        }
        MemberView::Transactions => {
            let id = id("listMyTransactions", "listMemberTransactions");
            bodies::<Page<Transaction>>(g, id, "200", None)
        }
        MemberView::Positions => {
            let id = id("getMyPositions", "getMemberPositions");
            bodies::<Holdings>(g, id, "200", None)
        }
        MemberView::Performance => {
            let id = id("getMyPerformance", "getMemberPerformance");
            bodies::<Performance>(g, id, "200", None)
        }
        MemberView::Forecast => {
            let id = id("forecastMyIncome", "forecastMemberIncome");
            bodies::<ExpectedIncome>(g, id, "200", None)
        }
        MemberView::Documents => {
            let id = id("listMyDocuments", "listMemberDocuments");
            bodies::<Page<MemberDocument>>(g, id, "200", None)
        }
        MemberView::Document => {
            let id = id("getMyYearlyStatement", "getMemberYearlyStatement");
            Bodies {
                text: Some("application/pdf"),
                response: json!({"type": "string", "format": "binary"}),
                ..bodies::<String>(g, id, "200", None)
            }
        }
        MemberView::Export => {
            let id = id("exportMyData", "exportMemberData");
            Bodies {
                response: json!({"type": "object"}),
                by_line: Some(
                    "What is held and why, then a line for each row, then the number of lines",
                ),
                ..bodies::<String>(g, id, "200", None)
            }
        }
    }
}
