//! Pages of A4: text at places, lines, numbers of pages.
//!
//! Lengths are hundredths of a point, so that everything is laid out in integers.

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use crate::encoding::encoded;
use crate::widths::{BOLD, REGULAR};

/// A length in hundredths of a point.
pub(crate) type Length = i32;

/// The width of A4.
const PAGE_WIDTH: Length = 59_528;
/// The height of A4.
const PAGE_HEIGHT: Length = 84_189;
/// 25 mm, as DIN 5008 has it.
pub(crate) const LEFT: Length = 7_087;
/// 20 mm from the right.
pub(crate) const RIGHT: Length = PAGE_WIDTH - 5_669;
/// 20 mm.
const TOP: Length = PAGE_HEIGHT - 5_669;
/// Room for the footer.
const BOTTOM: Length = 6_800;

/// A font of the standard fourteen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Font {
    Regular,
    Bold,
    Mono,
}

impl Font {
    const ALL: [Self; 3] = [Self::Regular, Self::Bold, Self::Mono];

    const fn name(self) -> Name<'static> {
        match self {
            Self::Regular => Name(b"R"),
            Self::Bold => Name(b"B"),
            Self::Mono => Name(b"M"),
        }
    }

    const fn base_font(self) -> Name<'static> {
        match self {
            Self::Regular => Name(b"Helvetica"),
            Self::Bold => Name(b"Helvetica-Bold"),
            Self::Mono => Name(b"Courier"),
        }
    }

    /// The width of a text.
    pub(crate) fn width(self, size: Length, text: &str) -> Length {
        let of = |code: &u8| {
            let place = usize::from(code.saturating_sub(32));
            match self {
                Self::Regular => i32::from(REGULAR[place]),
                Self::Bold => i32::from(BOLD[place]),
                Self::Mono => 600,
            }
        };
        let thousandths: i32 = encoded(text).iter().map(of).sum();
        // A line of a thousand wide letters stays below 2^31.
        thousandths / 10 * size / 100
    }
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) font: Font,
    pub(crate) size: Length,
    /// In thousandths, 0 for black.
    pub(crate) gray: i32,
}

/// Points of a length.
#[allow(clippy::float_arithmetic, reason = "the unit of the format")]
fn points(length: Length) -> f32 {
    length as f32 / 100.0
}

/// Pages that are being written, from top to bottom.
pub(crate) struct Pages {
    pages: Vec<Content>,
    /// Where the next line goes; it counts from the bottom.
    y: Length,
}

impl Pages {
    pub(crate) fn new() -> Self {
        Self {
            pages: vec![Content::new()],
            y: TOP,
        }
    }

    fn page(&mut self) -> &mut Content {
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    /// Leaves room.
    pub(crate) fn skip(&mut self, height: Length) {
        self.y -= height;
    }

    /// Begins a page if less room than this is left; tells whether it did.
    pub(crate) fn need(&mut self, height: Length) -> bool {
        if self.y - height >= BOTTOM {
            return false;
        }
        self.pages.push(Content::new());
        self.y = TOP;
        true
    }

    /// Writes at the current height.
    pub(crate) fn text(&mut self, x: Length, style: Style, text: &str) {
        let y = self.y;
        write(self.page(), x, y, style, text);
    }

    /// Writes so that the text ends at `x`.
    pub(crate) fn text_until(&mut self, x: Length, style: Style, text: &str) {
        self.text(x - style.font.width(style.size, text), style, text);
    }

    /// A line across, at the current height.
    pub(crate) fn rule(&mut self, width: Length, gray: i32) {
        let y = self.y;
        let page = self.page();
        page.set_line_width(points(width));
        page.set_stroke_gray(points(gray / 10));
        page.move_to(points(LEFT), points(y));
        page.line_to(points(RIGHT), points(y));
        page.stroke();
    }

    /// A paragraph over the whole width. Words that are longer than a line stand out.
    pub(crate) fn paragraph(&mut self, style: Style, text: &str) {
        let (lines, leading) = (lines(style, RIGHT - LEFT, text), style.size * 14 / 10);
        // A paragraph stays on its page, unless it is a page by itself.
        self.need(leading * i32::try_from(lines.len().min(20)).unwrap_or(20));
        for line in lines {
            self.need(leading);
            self.skip(leading);
            self.text(LEFT, style, &line);
        }
    }

    /// The file. `footer` gives a footer's left and right text by the number of the page
    /// and how many there are.
    pub(crate) fn finish(
        self,
        title: &str,
        language: &str,
        footer: impl Fn(usize, usize) -> (String, String),
    ) -> Vec<u8> {
        let mut next = 0;
        let mut id = || {
            next += 1;
            Ref::new(next)
        };
        let (catalog, tree, info) = (id(), id(), id());
        let fonts = Font::ALL.map(|font| (font, id()));
        let count = self.pages.len();
        let ids: Vec<(Ref, Ref)> = (0..count).map(|_| (id(), id())).collect();
        let mut pdf = Pdf::new();
        let mut root = pdf.catalog(catalog);
        root.pages(tree).lang(TextStr(language));
        root.viewer_preferences().display_doc_title(true);
        root.finish();
        pdf.document_info(info)
            .title(TextStr(title))
            .producer(TextStr("Retire"));
        pdf.pages(tree)
            .kids(ids.iter().map(|(page, _)| *page))
            .count(i32::try_from(count).unwrap_or(i32::MAX));
        for (font, id) in fonts {
            pdf.type1_font(id)
                .base_font(font.base_font())
                .encoding_predefined(Name(b"WinAnsiEncoding"));
        }
        let size = Rect::new(0.0, 0.0, points(PAGE_WIDTH), points(PAGE_HEIGHT));
        for (number, (mut content, (page_id, content_id))) in
            (1..).zip(self.pages.into_iter().zip(ids))
        {
            let (left, right) = footer(number, count);
            let small = Style {
                font: Font::Regular,
                size: 750,
                gray: 450,
            };
            write(&mut content, LEFT, 4_200, small, &left);
            let x = RIGHT - small.font.width(small.size, &right);
            write(&mut content, x, 4_200, small, &right);
            let mut page = pdf.page(page_id);
            page.parent(tree).media_box(size).contents(content_id);
            let mut resources = page.resources();
            let mut names = resources.fonts();
            for (font, id) in fonts {
                names.pair(font.name(), id);
            }
            names.finish();
            resources.finish();
            page.finish();
            pdf.stream(content_id, &content.finish());
        }
        pdf.finish()
    }
}

fn write(page: &mut Content, x: Length, y: Length, style: Style, text: &str) {
    page.begin_text();
    page.set_fill_gray(points(style.gray / 10));
    page.set_font(style.font.name(), points(style.size));
    page.next_line(points(x), points(y));
    page.show(Str(&encoded(text)));
    page.end_text();
}

/// A text in lines of at most this width.
pub(crate) fn lines(style: Style, width: Length, text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        if let Some(line) = lines.last_mut() {
            let longer = format!("{line} {word}");
            if style.font.width(style.size, &longer) <= width {
                *line = longer;
                continue;
            }
        }
        lines.push(word.to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: Style = Style {
        font: Font::Regular,
        size: 1_000,
        gray: 0,
    };

    /// The widths are those of the metrics: ten digits of 556 at 10 points.
    #[test]
    fn text_is_as_wide_as_its_letters() {
        assert_eq!(Font::Regular.width(1_000, "0123456789"), 5_560);
        assert_eq!(Font::Regular.width(1_000, "€"), 556 * 10 / 10 - 6);
        assert_eq!(Font::Bold.width(1_000, "WM"), (944 + 833) / 10 * 10);
        assert_eq!(Font::Mono.width(1_000, "il"), 1_200);
    }

    #[test]
    fn lines_are_broken_between_words() {
        let text = "one two three\u{a0}four five";
        let broken = lines(TEXT, 5_000, text);
        assert_eq!(broken.join(" "), text);
        assert!(broken.len() > 1);
        assert!(
            broken
                .iter()
                .all(|line| Font::Regular.width(1_000, line) <= 5_000)
        );
        let whole = lines(TEXT, 100, "indivisible");
        assert_eq!(whole, ["indivisible"]);
    }
}
