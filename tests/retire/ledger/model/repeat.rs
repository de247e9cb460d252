//! What a sequence sends a second time.

use ledger::record::Settlement;

use super::check::Refusal;
use super::command::Command;
use super::play::{Play, assert_refused, today};
use super::settled;
use super::settling::Attempt;
use crate::harness::{contents, header};
use crate::ledger::authorization;

impl Play<'_> {
    /// A repeated command gets the first answer, byte for byte, and changes nothing.
    pub fn again(&mut self, index: usize) {
        let done = &self.done[index];
        self.steps.push(format!("again: {}", done.command));
        let before = contents(&mut self.admin);
        let answer = self
            .app
            .client
            .try_command(&done.path, &done.key, &done.body);
        let answer = answer.expect("an answer");
        match &done.command {
            // A period that is settled is answered without a look at the key.
            Command::Settle { period, .. } => match self.book.attempt(*period, today()) {
                Ok(Attempt::Settled(index)) => {
                    let record: Settlement = answer.json().expect("a settlement");
                    let settled = &self.book.settlements[index];
                    settled::settlement(&record, settled, Some(index));
                }
                Ok(Attempt::New(_)) => {
                    assert_eq!((answer.status, &answer.body), (201, &done.answer.body));
                }
                Err(refusal) => assert_refused(&answer, &refusal),
            },
            _ => assert_eq!((answer.status, &answer.body), (201, &done.answer.body)),
        }
        assert_eq!(
            contents(&mut self.admin),
            before,
            "a repetition changes nothing"
        );
    }

    /// The key of a command is not another command's.
    pub fn other_body(&mut self, index: usize) {
        let done = &self.done[index];
        if let Command::Settle { period, .. } = done.command
            && !matches!(self.book.attempt(period, today()), Ok(Attempt::New(_)))
        {
            return;
        }
        self.steps.push(format!("another body: {}", done.command));
        let before = contents(&mut self.admin);
        let headers = [
            authorization(),
            header("content-type", "application/json"),
            header("idempotency-key", &done.key),
        ];
        // The same for whoever reads JSON, and still another request.
        let body = format!("{} ", done.body);
        let answer = self
            .app
            .client
            .send("POST", &done.path, &headers, body.as_bytes());
        let reused = Refusal::of(422, "idempotency-key-reused");
        assert_refused(&answer.expect("an answer"), &reused);
        assert_eq!(
            contents(&mut self.admin),
            before,
            "a refusal changes nothing"
        );
    }
}
