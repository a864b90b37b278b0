// Whoever types is at work: without this, a session would end while a long form is filled in. Asked at most once in
// two minutes; where the session is gone all the same, the page says so.
{
  const { stay, cameBack } = document.currentScript.dataset;
  let asked = Date.now();
  document.addEventListener("input", () => {
    if (Date.now() - asked < 120_000) return;
    asked = Date.now();
    fetch(stay)
      .then(({ status }) => { document.getElementById("signed-out").hidden = status !== 401; })
      .catch(() => {});
  });

  // Whoever leaves a form with something typed is asked first, unless it is that form which is sent.
  const chosen = (box) => {
    const options = [...box.options];
    if (options.some((option) => option.defaultSelected)) return options.some((option) => option.selected !== option.defaultSelected);
    return box.type === "select-one" ? box.selectedIndex > 0 : options.some((option) => option.selected);
  };
  const typed = (box) => {
    if (box.type === "hidden" || box.type === "submit" || box.disabled) return false;
    if (box.options) return chosen(box);
    if (box.type === "checkbox" || box.type === "radio") return box.checked !== box.defaultChecked;
    return box.defaultValue !== undefined && box.value !== box.defaultValue;
  };
  const unsaved = (form) => form.method === "post" && form.id !== "changelist-form"
    && ([...form.elements].some(typed) || (cameBack !== undefined && form.querySelector(".errornote, .errorlist, .preview")));
  let sent;
  document.addEventListener("submit", ({ target }) => { sent = target; });
  addEventListener("beforeunload", (event) => {
    if ([...document.querySelectorAll("#content form")].some((form) => form !== sent && unsaved(form))) event.preventDefault();
    sent = undefined;
  });
}
