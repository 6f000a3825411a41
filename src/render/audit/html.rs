//! An audit as one page that needs nothing else: no network, no font, no script. Filtering is done by its style sheet.
//!
//! What a repository says reaches the page through [`Page::text`] alone; everything else is a constant of this program.

use super::human::what;
use super::{Answer, Overview, Release, Row, Severity, Standing, Told, Total};
use crate::date::Date;
use crate::render::visible::one_line;
use crate::rules;

const STYLE: &str = include_str!("page.css");

/// The whole page.
pub fn audit(overview: &Overview, output: &mut Vec<u8>) {
    let mut page = Page(String::new());
    page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; ");
    page.raw("base-uri 'none'; form-action 'none'\">\n<meta name=\"referrer\" content=\"no-referrer\">\n");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    page.text(&overview.project).raw(": release audit</title>\n<style>\n").raw(STYLE);
    filters(&mut page, &overview.totals);
    page.raw("</style>\n</head>\n<body>\n");
    header(&mut page, overview);
    page.raw("<main>\n");
    if !overview.rows.is_empty() {
        timeline(&mut page, overview);
        totals(&mut page, overview);
        releases(&mut page, overview);
    }
    page.raw("</main>\n<footer>Every release was judged by the files of its own tag, on ");
    page.text(&overview.today.to_string()).raw(", by relgate ").raw(env!("CARGO_PKG_VERSION"));
    page.raw(". An error stops a release; a warning does not.</footer>\n</body>\n</html>\n");
    output.extend_from_slice(page.0.as_bytes());
}

/// HTML that is being written.
struct Page(String);

impl Page {
    /// HTML of this program's own.
    fn raw(&mut self, html: &'static str) -> &mut Self {
        self.0 += html;
        self
    }

    /// Anything else, also between the quotes of an attribute.
    fn text(&mut self, text: &str) -> &mut Self {
        for c in one_line(text).chars() {
            match c {
                '&' => self.0 += "&amp;",
                '<' => self.0 += "&lt;",
                '>' => self.0 += "&gt;",
                '"' => self.0 += "&quot;",
                '\'' => self.0 += "&#39;",
                c => self.0.push(c),
            }
        }
        self
    }

    fn number(&mut self, number: usize) -> &mut Self {
        self.0 += &number.to_string();
        self
    }

    /// A message, what stands in backticks as code.
    fn message(&mut self, message: &str) -> &mut Self {
        let mut pieces = message.split('`').peekable();
        let mut in_code = false;
        while let Some(piece) = pieces.next() {
            // A last backtick without its partner is one.
            let closes = pieces.peek().is_some();
            match (in_code, closes) {
                (true, true) => self.raw("<code>").text(piece).raw("</code>"),
                (true, false) => self.raw("`").text(piece),
                (false, _) => self.text(piece),
            };
            in_code = !in_code;
        }
        self
    }

    fn mark(&mut self, standing: Standing) -> &mut Self {
        self.raw("<span class=\"mark ").raw(standing.name()).raw("\" aria-hidden=\"true\"></span>")
    }
}

/// What is hidden while a filter is chosen.
fn filters(page: &mut Page, totals: &[Total]) {
    page.raw("body:has(#show-wrong:checked) :is(.release, .cell):not(.wrong, .failed) { display: none; }\n");
    for Total { rule, .. } in totals {
        page.raw("body:has(#show-").raw(rule).raw(":checked) :is(.release, .findings > li):not(.is-").raw(rule);
        page.raw(") { display: none; }\nbody:has(#show-").raw(rule).raw(":checked) .cell:not(.is-").raw(rule);
        page.raw(") { opacity: .15; }\n");
    }
}

fn header(page: &mut Page, overview: &Overview) {
    page.raw("<header>\n<p class=\"kicker\">Release audit</p>\n<h1>").text(&overview.project);
    page.raw("</h1>\n<p class=\"verdict\">").text(&overview.sentence()).raw("</p>\n<ul class=\"counts\">\n");
    let known = [
        (Standing::Clean, "clean"),
        (Standing::Warned, "with warnings"),
        (Standing::Wrong, "wrong"),
        (Standing::Failed, "not judged"),
    ];
    for (standing, word) in known {
        let count = overview.count(standing);
        if count > 0 {
            page.raw("<li>").mark(standing).raw("<b>").number(count).raw("</b> ").raw(word).raw("</li>\n");
        }
    }
    if !overview.others.is_empty() {
        let words = if overview.others.len() == 1 {
            "</b> tag is no release</li>\n"
        } else {
            "</b> tags are no releases</li>\n"
        };
        page.raw("<li><b>").number(overview.others.len()).raw(words);
    }
    page.raw("</ul>\n</header>\n");
}

/// One cell for each release, a line for each year.
fn timeline(page: &mut Page, overview: &Overview) {
    page.raw("<section aria-labelledby=\"timeline\">\n<h2 id=\"timeline\">Timeline</h2>\n");
    let year = |row: &Row| row.date.map(Date::year);
    let rows: Vec<(usize, &Row)> = overview.rows.iter().enumerate().collect();
    for rows in rows.chunk_by(|(_, a), (_, b)| year(a) == year(b)) {
        page.raw("<div class=\"year\"><h3>");
        match rows.first().and_then(|(_, row)| year(row)) {
            Some(year) => page.number(usize::from(year)),
            None => page.raw("no date"),
        };
        page.raw("</h3><ol>\n");
        for (index, row) in rows {
            page.raw("<li><a class=\"mark cell ");
            classes(page, row);
            page.raw("\" href=\"#release-").number(*index).raw("\" title=\"").text(&row.tag);
            let what = what(row, false);
            if !what.is_empty() {
                page.raw(": ").text(&what);
            }
            page.raw("\"><span class=\"hidden\">").text(&row.tag).raw(", ").raw(word(row)).raw("</span></a></li>\n");
        }
        page.raw("</ol></div>\n");
    }
    page.raw("</section>\n");
}

/// The names by which filters and colours know a release.
fn classes(page: &mut Page, row: &Row) {
    page.raw(row.standing().map_or("", Standing::name));
    if let Answer::Judged(release) = &row.answer {
        for (_, rule) in release.rules.keys() {
            page.raw(" is-").raw(rule);
        }
    }
}

fn word(row: &Row) -> &'static str {
    match row.standing() {
        Some(Standing::Clean) => "clean",
        Some(Standing::Warned) => "warnings",
        Some(Standing::Wrong) => "wrong",
        Some(Standing::Failed) | None => "not judged",
    }
}

fn totals(page: &mut Page, overview: &Overview) {
    if overview.totals.is_empty() {
        return;
    }
    page.raw("<section aria-labelledby=\"rules\">\n<h2 id=\"rules\">What was wrong</h2>\n");
    page.raw("<p class=\"hint\">Choose a rule to see its releases only.</p>\n<table class=\"rules\">\n");
    page.raw("<thead><tr><th scope=\"col\">Rule</th><th scope=\"col\" class=\"level\">Level</th>");
    page.raw("<th scope=\"col\" class=\"number\">Releases</th><th class=\"share\"><span class=\"hidden\">Share</span></th></tr></thead>\n<tbody>\n");
    page.raw("<tr><th scope=\"row\"><label><input type=\"radio\" name=\"show\" id=\"show-all\" checked> every release</label></th>");
    page.raw("<td class=\"level\"></td><td class=\"number\">").number(overview.rows.len());
    page.raw("</td><td class=\"share\"></td></tr>\n");
    page.raw("<tr><th scope=\"row\"><label><input type=\"radio\" name=\"show\" id=\"show-wrong\"> what was wrong or not judged</label></th>");
    page.raw("<td class=\"level\"></td><td class=\"number\">");
    page.number(overview.count(Standing::Wrong) + overview.count(Standing::Failed));
    page.raw("</td><td class=\"share\"></td></tr>\n");
    for total in &overview.totals {
        let (level, class) = level(total.severity);
        let summary = rules::RULES.iter().find(|rule| rule.id == total.rule).map_or("", |rule| rule.summary);
        page.raw("<tr><th scope=\"row\"><label><input type=\"radio\" name=\"show\" id=\"show-").raw(total.rule);
        page.raw("\"><span><code>").raw(total.rule).raw("</code><small>").message(summary);
        page.raw("</small></span></label></th><td class=\"level level-").raw(class).raw("\">").raw(level);
        page.raw("</td><td class=\"number\">").number(total.releases).raw("</td><td class=\"share\"><span class=\"");
        page.raw(class).raw("\" style=\"width: ").number(total.releases * 100 / overview.rows.len().max(1));
        page.raw("%\"></span></td></tr>\n");
    }
    page.raw("</tbody>\n</table>\n</section>\n");
}

fn level(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Blocks => ("error", "wrong"),
        Severity::Warns => ("warning", "warned"),
    }
}

/// Every release, the newest first.
fn releases(page: &mut Page, overview: &Overview) {
    let mut names = overview.rows.iter().filter_map(packages_of);
    let first = names.next();
    let several = names.any(|names| Some(names) != first);
    page.raw("<section aria-labelledby=\"releases\">\n<h2 id=\"releases\">Releases</h2>\n<table class=\"releases\">\n");
    page.raw(
        "<thead><tr><th scope=\"col\">Tag</th><th scope=\"col\">Date</th><th scope=\"col\">Versions in files</th>",
    );
    page.raw("<th scope=\"col\">Changelog</th><th scope=\"col\">What was wrong</th></tr></thead>\n<tbody>\n");
    for (index, row) in overview.rows.iter().enumerate().rev() {
        page.raw("<tr class=\"release ");
        classes(page, row);
        page.raw("\" id=\"release-").number(index).raw("\"><th scope=\"row\">");
        page.mark(row.standing().unwrap_or(Standing::Failed)).text(&row.tag);
        if let Some(names) = packages_of(row).filter(|_| several) {
            page.raw("<span class=\"package\">").text(&names.join(", ")).raw("</span>");
        }
        page.raw("</th><td>").text(&row.date.map_or_else(String::new, |date| date.to_string())).raw("</td>");
        match &row.answer {
            Answer::Judged(release) => judged(page, release),
            Answer::Failed(failure) => {
                page.raw("<td></td><td></td><td><strong class=\"level-failed\">not judged</strong> ");
                page.message(&failure.message);
                if let Some(help) = &failure.help {
                    page.raw("<p class=\"help\">").message(help).raw("</p>");
                }
                page.raw("</td>");
            }
            Answer::Other(_) => {}
        }
        page.raw("</tr>\n");
    }
    page.raw("</tbody>\n</table>\n</section>\n");
}

fn packages_of(row: &Row) -> Option<&[String]> {
    match &row.answer {
        Answer::Judged(release) => Some(&release.packages),
        Answer::Failed(_) | Answer::Other(_) => None,
    }
}

fn judged(page: &mut Page, release: &Release) {
    page.raw("<td data-name=\"in files:\">").text(&release.versions.join(", "));
    page.raw("</td><td data-name=\"changelog:\">").text(&release.changelog).raw("</td><td>");
    if release.findings.is_empty() {
        page.raw("<span class=\"quiet\">nothing</span>");
    } else {
        page.raw("<ul class=\"findings\">\n");
        for told in &release.findings {
            finding(page, told);
        }
        page.raw("</ul>");
    }
    if release.more() > 0 {
        page.raw("<p class=\"quiet\">and ").number(release.more()).raw(" more</p>");
    }
    if release.old > 0 {
        let unit = if release.old == 1 { " old finding" } else { " old findings" };
        page.raw("<p class=\"quiet\">").number(release.old).raw(unit).raw(" that the release before has, too</p>");
    }
    page.raw("</td>");
}

fn finding(page: &mut Page, told: &Told) {
    let (level, class) = level(told.severity);
    page.raw("<li class=\"is-").raw(told.rule).raw("\"><code class=\"rule level-").raw(class).raw("\">").raw(told.rule);
    page.raw("</code> <span class=\"quiet\">").raw(level).raw("</span><p>").message(&told.message);
    page.raw("</p><p class=\"places\"><code>").text(&told.place).raw("</code>");
    for (place, message) in &told.related {
        page.raw("; ").message(message).raw(" (<code>").text(place).raw("</code>)");
    }
    page.raw("</p>");
    if let Some(help) = &told.help {
        page.raw("<p class=\"help\">").message(help).raw("</p>");
    }
    page.raw("</li>\n");
}
