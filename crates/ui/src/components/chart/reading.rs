//! Access to the elements of a chart in the page.

use leptos::web_sys::{Element, HtmlCollection};

use super::positions::{PointPositions, UNITS, height_on};

/// The elements of a chart in the page.
pub struct Reading {
    root: Element,
    plot: Element,
    /// The rows of values, one for each point.
    rows: HtmlCollection,
    positions: PointPositions,
}

impl Reading {
    /// The chart within `root`; `None` if it has no plot, because there are no values.
    #[must_use]
    pub fn within(root: &Element) -> Option<Self> {
        let plot = first(root, ".plot")?;
        let body = first(root, ".readings tbody").or_else(|| first(root, ".values tbody"))?;
        let points = plot.get_attribute("data-points").unwrap_or_default();
        let positions = PointPositions::parse(&points, plot.get_attribute("data-x").as_deref());
        Some(Self { root: root.clone(), rows: body.children(), plot, positions })
    }

    /// The positions of the points.
    #[must_use]
    pub const fn positions(&self) -> &PointPositions {
        &self.positions
    }

    /// The index of the last point.
    #[must_use]
    pub fn last(&self) -> usize {
        self.positions.count().saturating_sub(1)
    }

    /// Whether points go from top to bottom.
    #[must_use]
    pub fn lies(&self) -> bool {
        self.plot.class_list().contains("plot-lying")
    }

    /// Makes the plot a slider (WAI-ARIA 1.2, section 5.4) over the points. Without JavaScript it is a picture that
    /// cannot be focused.
    pub fn become_slider(&self) {
        let last = (self.last() + 1).to_string();
        let orientation = if self.lies() { "vertical" } else { "horizontal" };
        for (name, value) in [
            ("role", "slider"),
            ("tabindex", "0"),
            ("aria-orientation", orientation),
            ("aria-valuemin", "1"),
            ("aria-valuemax", &last),
        ] {
            set(&self.plot, name, value);
        }
        self.say(self.last());
    }

    /// Shows the values at `point`; without a point, the legend's text `at_rest`.
    pub fn show(&self, point: Option<usize>, at_rest: &[String]) {
        self.say(point.unwrap_or_else(|| self.last()));
        let active = if point.is_some() { "plot is-active" } else { "plot" };
        set(&self.plot, "class", &format!("{active}{}", if self.lies() { " plot-lying" } else { "" }));
        let texts = match point {
            Some(point) => self.texts(point),
            None => at_rest.to_vec(),
        };
        for (place, text) in self.legend().into_iter().zip(texts) {
            place.set_text_content(Some(&text));
        }
        if let Some(point) = point {
            self.move_cursor(point);
        }
    }

    /// The current text of the legend: the point, and the values of the series.
    #[must_use]
    pub fn at_rest(&self) -> Vec<String> {
        self.legend().iter().map(|place| place.text_content().unwrap_or_default()).collect()
    }

    /// The elements of the legend: that of the point, then those of the values.
    fn legend(&self) -> Vec<Element> {
        let points = all(&self.root, "readout-point").into_iter();
        points.chain(self.keys().into_iter().filter_map(|key| first(&key, "strong"))).collect()
    }

    fn keys(&self) -> Vec<Element> {
        all(&self.root, "key")
    }

    /// The point and the value of each series there, with its unit.
    fn texts(&self, point: usize) -> Vec<String> {
        let Some(row) = self.row(point) else { return Vec::new() };
        let units = self.legend().into_iter().map(|place| place.get_attribute("data-unit"));
        let cells = list(&row.children());
        cells.into_iter().zip(units).map(|(cell, unit)| value(&cell, unit.as_deref(), "\u{2013}")).collect()
    }

    fn row(&self, point: usize) -> Option<Element> {
        self.rows.item(u32::try_from(point).ok()?)
    }

    /// Announces the values at `point` to assistive technology.
    fn say(&self, point: usize) {
        let names = self.keys().into_iter().filter_map(|key| first(&key, "bdi")?.text_content());
        let units = self.keys().into_iter().map(|key| first(&key, "strong")?.get_attribute("data-unit"));
        let cells = self.row(point).map(|row| list(&row.children())).unwrap_or_default();
        let mut cells = cells.into_iter();
        let mut text = cells.next().and_then(|cell| cell.text_content()).unwrap_or_default();
        for (index, ((cell, name), unit)) in cells.zip(names).zip(units).enumerate() {
            text.push_str(if index == 0 { ": " } else { ", " });
            text.push_str(&name);
            text.push(' ');
            text.push_str(&value(&cell, unit.as_deref(), "no value"));
        }
        set(&self.plot, "aria-valuenow", &(point + 1).to_string());
        set(&self.plot, "aria-valuetext", &text);
    }

    /// Marks `point`: a line with a dot on each series, or a band behind the bars.
    fn move_cursor(&self, point: usize) {
        let position = self.positions.of(point);
        if let Some(band) = first(&self.plot, ".cursor-band") {
            set(&band, if self.lies() { "y" } else { "x" }, &percent(self.positions.start(point)));
        }
        if let Some(line) = first(&self.plot, ".cursor-line") {
            set(&line, "x1", &percent(position));
            set(&line, "x2", &percent(position));
        }
        for dot in all(&self.plot, "dot") {
            let series =
                dot.class_list().value().split(' ').find(|class| class.starts_with("series-")).map(str::to_owned);
            let height = series.and_then(|series| {
                let path = |part: &str| first(&self.plot, &format!("path.{part}.{series}"))?.get_attribute("d");
                let paths = [path("line"), path("points")];
                paths.into_iter().flatten().find_map(|path| height_on(&path, position))
            });
            match height {
                Some(height) => {
                    set(&dot, "cx", &percent(position));
                    set(&dot, "cy", &percent(height));
                    set(&dot, "display", "inline");
                }
                None => set(&dot, "display", "none"),
            }
        }
    }
}

/// The text of a cell with its unit; `missing` if it has no value, which the cell marks with an element.
fn value(cell: &Element, unit: Option<&str>, missing: &str) -> String {
    let text = cell.text_content().unwrap_or_default();
    match unit {
        _ if cell.first_element_child().is_some() => missing.to_owned(),
        Some(unit) => format!("{text} {unit}"),
        None => text,
    }
}

/// The first element within `root` that matches `selector`.
fn first(root: &Element, selector: &str) -> Option<Element> {
    root.query_selector(selector).ok().flatten()
}

/// The elements within `root` that have the class.
fn all(root: &Element, class: &str) -> Vec<Element> {
    list(&root.get_elements_by_class_name(class))
}

fn list(elements: &HtmlCollection) -> Vec<Element> {
    (0..elements.length()).filter_map(|index| elements.item(index)).collect()
}

/// Sets an attribute. The name is always valid, so the browser does not reject it.
fn set(element: &Element, name: &str, value: &str) {
    _ = element.set_attribute(name, value);
}

/// A position as a percentage with two decimals.
fn percent(position: u32) -> String {
    let hundredths = position.min(UNITS);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}
