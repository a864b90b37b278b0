// The list with JavaScript: htmx changes it in place. What is said here is what htmx leaves to the page.

// It is fetched when a reader first points at the list or its filters: whoever only reads needs none of it.
const source = document.currentScript.dataset.htmx;
const area = document.querySelector(".with-filters");
let changed = false;
const fetchOnce = () => {
  for (const event of ["pointerover", "focusin"]) area.removeEventListener(event, fetchOnce);
  const script = document.createElement("script");
  script.src = source;
  // What was ticked meanwhile is asked for then.
  script.addEventListener("load", () => changed && document.getElementById("filters").dispatchEvent(new Event("change")));
  document.head.append(script);
};
for (const event of ["pointerover", "focusin"]) area.addEventListener(event, fetchOnce);
area.addEventListener("change", () => { changed = !window.htmx; });

const withoutBlanks = (data) => {
  for (const [name, value] of [...data.entries()]) if (value === "") data.delete(name);
};

// Whoever presses Enter before htmx has come gets a whole page, with the same short address.
document.addEventListener("formdata", ({ target, formData }) => target.id === "filters" && withoutBlanks(formData));
document.addEventListener("htmx:configRequest", ({ detail }) => withoutBlanks(detail.formData));

// An answer that is no list (a question that is wrong, a server that is away) is shown whole, as without JavaScript.
for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failure, ({ detail }) => location.assign(detail.pathInfo.finalRequestPath));
}

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  // Whatever had the focus is gone (a chip, the link to the next page): go on at the number of rows.
  if (document.activeElement === document.body) document.getElementById("found").focus();
  if (detail.requestConfig.triggeringEvent?.type === "submit") document.getElementById("filters").hidePopover?.();
});
