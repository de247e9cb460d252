//! The fixed texts of the yearly statement.

use crate::Language;

/// The texts in one language.
pub(crate) struct Phrases {
    pub(crate) title: &'static str,
    pub(crate) to_member: &'static str,
    pub(crate) period: &'static str,
    pub(crate) pool: &'static str,
    pub(crate) booked_until: &'static str,
    pub(crate) greeting: &'static str,
    pub(crate) unvalued: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) opening: &'static str,
    pub(crate) contributions: &'static str,
    pub(crate) gain: &'static str,
    pub(crate) credits: &'static str,
    pub(crate) fees: &'static str,
    pub(crate) taxes: &'static str,
    pub(crate) payouts: &'static str,
    pub(crate) forfeited: &'static str,
    pub(crate) closing: &'static str,
    pub(crate) performance: &'static str,
    pub(crate) time_weighted: &'static str,
    pub(crate) without_credits: &'static str,
    pub(crate) money_weighted: &'static str,
    pub(crate) months: &'static str,
    pub(crate) month_columns: [&'static str; 10],
    pub(crate) credits_heading: &'static str,
    pub(crate) credit_columns: [&'static str; 7],
    pub(crate) sum: &'static str,
    pub(crate) in_words: &'static str,
    pub(crate) verify: &'static str,
    pub(crate) verify_text: [&'static str; 2],
    pub(crate) seal_columns: [&'static str; 3],
    pub(crate) end: &'static str,
    pub(crate) page: &'static str,
    pub(crate) of: &'static str,
}

impl Phrases {
    pub(crate) const fn of(language: Language) -> &'static Self {
        match language {
            Language::De => &DE,
            Language::En => &EN,
        }
    }
}

const DE: Phrases = Phrases {
    title: "Jahresauszug",
    to_member: "An das Mitglied",
    period: "Zeitraum",
    pool: "Tontine",
    booked_until: "Gebucht bis",
    greeting: "Guten Tag,",
    unvalued: "Zum Ende des Zeitraums sind nicht alle Wertpapiere bewertet. Der Auszug nennt \
               deshalb keinen Endbestand und keinen Anlageertrag.",
    summary: "Das Jahr im Überblick",
    opening: "Anfangsbestand",
    contributions: "Einzahlungen",
    gain: "Anlageertrag",
    credits: "Langlebigkeitsgutschriften",
    fees: "Gebühren",
    taxes: "Steuern",
    payouts: "Auszahlungen",
    forfeited: "Durch den Todesfall abgegeben",
    closing: "Endbestand",
    performance: "Ihre Rendite, nach Gebühren und Steuern",
    time_weighted: "zeitgewichtet, mit Gutschriften",
    without_credits: "zeitgewichtet, ohne Gutschriften",
    money_weighted: "geldgewichtet, mit Gutschriften",
    months: "Monat für Monat, in Euro",
    month_columns: [
        "Monat",
        "Anfangs-\nbestand",
        "Ein-\nzahlung",
        "Anlage-\nertrag",
        "Gut-\nschrift",
        "Gebühren",
        "Steuern",
        "Aus-\nzahlung",
        "Todesfall",
        "End-\nbestand",
    ],
    credits_heading: "Ihre Langlebigkeitsgutschriften",
    credit_columns: [
        "Zeitraum ab",
        "Im Risiko\nin Euro",
        "Eigene Sterbe-\nwahrscheinlichkeit",
        "Erwartet\nin Euro",
        "Gruppen-\ngewinn",
        "Gutschrift\nin Euro",
        "vom\nEinsatz",
    ],
    sum: "Summe",
    in_words: "In Worten",
    verify: "So prüfen Sie diesen Auszug",
    verify_text: [
        "Jede Gutschrift ist eine Zeile einer versiegelten Abrechnung. Ein Siegel nennt die \
         Wurzel eines Hashbaums über die Zeilen aller Mitglieder (RFC 9162) und das Siegel \
         davor: Keine Zeile lässt sich nachträglich ändern, ohne dass alle späteren Siegel \
         andere wären.",
        "Ihre Zeile, den Weg zur Wurzel und das Siegel erhalten Sie mit Ihrem Zugang unter der \
         Adresse, die mit /proof endet. Stimmt der SHA-256 des Siegels mit dem hier gedruckten \
         Wert überein und führt der Weg von Ihrer Zeile zur Wurzel, so ist die Gutschrift die, \
         die mit allen Mitgliedern abgerechnet wurde.",
    ],
    seal_columns: ["Zeitraum ab", "Siegel", "SHA-256 des Siegels"],
    end: "Dieser Auszug ist maschinell erstellt. Namen und Anschriften sind hier nicht \
          gespeichert; Sie werden unter Ihrer Mitgliedsnummer geführt.",
    page: "Seite",
    of: "von",
};

const EN: Phrases = Phrases {
    title: "Yearly statement",
    to_member: "To the member",
    period: "Period",
    pool: "Tontine",
    booked_until: "Booked until",
    greeting: "Dear member,",
    unvalued: "Not all securities are valued at the end of the period. The statement therefore \
               has no closing balance and no investment return.",
    summary: "The year at a glance",
    opening: "Opening balance",
    contributions: "Paid in",
    gain: "Investment return",
    credits: "Longevity credits",
    fees: "Fees",
    taxes: "Taxes",
    payouts: "Paid out",
    forfeited: "Left behind by the death",
    closing: "Closing balance",
    performance: "Your return, after fees and taxes",
    time_weighted: "time-weighted, with credits",
    without_credits: "time-weighted, without credits",
    money_weighted: "money-weighted, with credits",
    months: "Month by month, in euro",
    month_columns: [
        "Month",
        "Opening\nbalance",
        "Paid\nin",
        "Investment\nreturn",
        "Longevity\ncredit",
        "Fees",
        "Taxes",
        "Paid\nout",
        "By death",
        "Closing\nbalance",
    ],
    credits_heading: "Your longevity credits",
    credit_columns: [
        "Period from",
        "At risk\nin euro",
        "Your probability\nof dying",
        "Expected\nin euro",
        "Group\ngain",
        "Credit\nin euro",
        "of what was\nat risk",
    ],
    sum: "Sum",
    in_words: "In words",
    verify: "How to verify this statement",
    verify_text: [
        "Each credit is a line of a sealed settlement. A seal names the root of a hash tree over \
         the lines of all members (RFC 9162) and the seal before it: no line can be changed \
         afterwards without all later seals being others.",
        "With your token you get your line, the path to the root and the seal at the address \
         that ends in /proof. If the SHA-256 of the seal is the value printed here, and the path \
         leads from your line to the root, the credit is the one that was settled with all \
         members.",
    ],
    seal_columns: ["Period from", "Seal", "SHA-256 of the seal"],
    end: "This statement was made by machine. Names and addresses are not kept here; you are \
          known by your member number.",
    page: "Page",
    of: "of",
};
