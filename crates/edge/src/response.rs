//! From our reply to WASI's response.

use spin_sdk::http::{Fields, OutgoingBody, OutgoingResponse, ResponseOutparam};
use web::Reply;

/// Sends a reply.
///
/// The body is written before the response is handed over, as far as the host
/// takes it, so that status, headers and a small body leave in one piece: a second
/// small segment on a kept-alive connection waits for the client's delayed
/// acknowledgement (about 40 ms).
pub(crate) fn send(reply: Reply, response_out: ResponseOutparam) {
    let mut headers: Vec<(String, Vec<u8>)> = reply
        .headers
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into_bytes()))
        .collect();
    headers.push((
        "content-length".to_owned(),
        reply.body.len().to_string().into_bytes(),
    ));
    // Our own headers are well-formed and our statuses valid: without them a bare
    // 500 would say more than a trap.
    let fields = Fields::from_list(&headers).unwrap_or_else(|_| Fields::new());
    let response = OutgoingResponse::new(fields);
    if response.set_status_code(reply.status.as_u16()).is_err() {
        response_out.set(response);
        return;
    }
    let Ok(body) = response.body() else {
        response_out.set(response);
        return;
    };
    let Ok(stream) = body.write() else {
        response_out.set(response);
        return;
    };

    let budget = stream.check_write().unwrap_or(0);
    let at_once = usize::try_from(budget).unwrap_or(0).min(reply.body.len());
    let (first, rest) = reply.body.split_at(at_once);
    let mut sent = first.is_empty() || stream.write(first).is_ok();
    if rest.is_empty() {
        drop(stream);
        finish(body, sent);
        response_out.set(response);
        return;
    }
    response_out.set(response);
    // The largest piece that WASI takes in one blocking call.
    for piece in rest.chunks(4096) {
        sent = sent && stream.blocking_write_and_flush(piece).is_ok();
    }
    drop(stream);
    finish(body, sent);
}

/// Ends the body. If a write failed the client went away: the body stays
/// unfinished, which tells the host that it is not whole.
fn finish(body: OutgoingBody, sent: bool) {
    if sent {
        // An error here is the client's absence too.
        let _ = OutgoingBody::finish(body, None);
    }
}
