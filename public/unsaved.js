// Finds unsaved input on a page, and makes a copy of it to read where the page is no longer shown.
export const element = (name, properties, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

export const typedIn = (root) => [...root.querySelectorAll("textarea")].filter(({ value, defaultValue }) => value !== defaultValue);

// The fields of forms that save something, with input that differs from their initial content.
const WRITTEN_IN = ["text", "search", "email", "url", "tel", "number", "date", "datetime-local", "time", "month", "week"];
export const changedIn = (root) => {
  // The input of a returned form was not saved either.
  const returned = root.querySelector("[data-page]")?.dataset.form;
  return [...root.querySelectorAll("textarea, input, select")].filter((field) => {
    if (returned && field.form?.getAttribute("action") === returned) return field.type !== "hidden" && field.value !== "";
    if (field.localName === "textarea") return field.value !== field.defaultValue;
    if (field.form?.method !== "post") return false;
    if (field.localName === "input") return WRITTEN_IN.includes(field.type) && field.value !== field.defaultValue;
    const options = [...field.options];
    const isSaid = field.multiple || options.some(({ defaultSelected }) => defaultSelected);
    return options.some(({ selected, defaultSelected }, at) => selected !== (isSaid ? defaultSelected : at === 0));
  });
};

// The content of `field`, to be read and copied, under its label if it has one.
const keptOf = (field) => {
  const value = field.selectedOptions ? [...field.selectedOptions].map(({ label }) => label).join(", ") : field.value;
  const isLong = field.localName === "textarea";
  const kept = element(isLong ? "textarea" : "input", { value, readOnly: true, ...(isLong ? { rows: 8 } : {}) });
  const name = isLong ? undefined : field.labels[0]?.cloneNode(true);
  name?.querySelectorAll("input, select").forEach((inside) => inside.remove());
  return element("label", { textContent: name ? `Not saved: ${name.textContent.trim()}` : "Not saved" }, kept);
};

export const unsaved = (root) => changedIn(root).map(keptOf);
