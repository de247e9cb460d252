//! From our reply to WASI's response.

use spin_sdk::http::{Fields, OutgoingBody, OutgoingResponse, ResponseOutparam};
use wasi::io::streams::{OutputStream, StreamError};
use web::{Reply, ReplyBody};

/// Sends a reply.
///
/// The first of the body is written before the response is handed over, as far as
/// the host takes it, so that status, headers and a small body leave in one piece: a
/// second small segment on a kept-alive connection waits for the client's delayed
/// acknowledgement (about 40 ms).
pub(crate) fn send(reply: Reply, response_out: ResponseOutparam) {
    let mut headers: Vec<(String, Vec<u8>)> = reply
        .headers
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into_bytes()))
        .collect();
    let (first, further) = match reply.body {
        ReplyBody::Whole(bytes) => {
            let len = bytes.len().to_string();
            headers.push(("content-length".to_owned(), len.into_bytes()));
            (Ok(bytes), None)
        }
        ReplyBody::Pieces(mut pieces) => (pieces.next().unwrap_or(Ok(Vec::new())), Some(pieces)),
    };
    let whole = first.is_ok();
    let first = first.unwrap_or_default();
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
    let at_once = usize::try_from(budget).unwrap_or(0).min(first.len());
    let (now, later) = first.split_at(at_once);
    let mut sent = whole && (now.is_empty() || stream.write(now).is_ok());
    if later.is_empty() && further.is_none() {
        drop(stream);
        finish(body, sent);
        response_out.set(response);
        return;
    }
    response_out.set(response);
    sent = sent && write(&stream, later).is_ok();
    for piece in further.into_iter().flatten() {
        // A client that went away needs no more of it.
        sent = sent && piece.is_ok_and(|piece| write(&stream, &piece).is_ok());
        if !sent {
            break;
        }
    }
    sent = sent && stream.blocking_flush().is_ok();
    drop(stream);
    finish(body, sent);
}

/// Writes as much at a time as the host takes.
fn write(stream: &OutputStream, mut bytes: &[u8]) -> Result<(), StreamError> {
    while !bytes.is_empty() {
        let budget = usize::try_from(stream.check_write()?).unwrap_or(usize::MAX);
        if budget == 0 {
            stream.subscribe().block();
            continue;
        }
        let (now, later) = bytes.split_at(budget.min(bytes.len()));
        stream.write(now)?;
        bytes = later;
    }
    Ok(())
}

/// Ends the body. If a write failed the client went away: the body stays
/// unfinished, which tells the host that it is not whole.
fn finish(body: OutgoingBody, sent: bool) {
    if sent {
        // An error here is the client's absence too.
        let _ = OutgoingBody::finish(body, None);
    }
}
