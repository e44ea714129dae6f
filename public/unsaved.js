// What somebody wrote or chose on a page and did not save yet, and the same to be read and copied where the page is shown no longer.
export const element = (name, properties, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

export const typedIn = (root) => [...root.querySelectorAll("textarea")].filter(({ value, defaultValue }) => value !== defaultValue);

// The fields of forms that save something, in which somebody wrote or chose something else than what stood there.
const WRITTEN_IN = ["text", "search", "email", "url", "tel", "number", "date", "datetime-local", "time", "month", "week"];
export const changedIn = (root) => {
  // What came back in a form was not saved either.
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

// What stands in `field`, to be read and copied, under its name where it has one.
const keptOf = (field) => {
  const value = field.selectedOptions ? [...field.selectedOptions].map(({ label }) => label).join(", ") : field.value;
  const isLong = field.localName === "textarea";
  const kept = element(isLong ? "textarea" : "input", { value, readOnly: true, ...(isLong ? { rows: 8 } : {}) });
  const name = isLong ? undefined : field.labels[0]?.cloneNode(true);
  name?.querySelectorAll("input, select").forEach((inside) => inside.remove());
  return element("label", { textContent: name ? `Not saved: ${name.textContent.trim()}` : "Not saved" }, kept);
};

export const unsaved = (root) => changedIn(root).map(keptOf);
