// Marking by single keys, and what others decide meanwhile. Without it everything is done by buttons.
const mark = document.querySelector(".marking");
const SECONDS_BETWEEN_LOOKS = 4;

// The keys can be turned off (some people's programs type what they hear): the choice stays in this browser.
const keys = document.getElementById("single-keys");
keys.checked = localStorage.getItem("single-keys") !== "off";
keys.addEventListener("change", () => localStorage.setItem("single-keys", keys.checked ? "on" : "off"));

addEventListener("keydown", (event) => {
  const inBox = event.target.matches("input:not([type=checkbox]), textarea, select");
  if (event.key === "Escape" && inBox) return event.target.blur();
  if (inBox && event.key === "Enter" && event.ctrlKey) return press("a", event);
  if (inBox || !keys.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  press(event.key.toLowerCase(), event);
});

const press = (key, event) => {
  const wanted = document.querySelector(`[data-key="${CSS.escape(key)}"]:not([hidden])`);
  if (!wanted) return;
  event.preventDefault();
  wanted.click();
};

// The words that are selected in the text can be those of the span.
const choose = document.querySelector('[value="choose_words"]');
const place = (node, offset) => {
  const element = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-offset]");
  return element && Number(element.dataset.offset) + offset;
};
document.addEventListener("selectionchange", () => {
  const selection = getSelection();
  if (!choose || selection.isCollapsed || !selection.rangeCount) return;
  const range = selection.getRangeAt(0);
  const [start, end] = [place(range.startContainer, range.startOffset), place(range.endContainer, range.endOffset)];
  if (start == null || end == null) return;
  choose.form.elements.start.value = start;
  choose.form.elements.end.value = end;
  choose.hidden = false;
});

document.querySelector(".release-text [aria-current]")?.scrollIntoView({ block: "center" });

// What others decide is shown where it stands in the text; of the span that is open, above its card.
const look = async () => {
  const answer = await fetch(`${mark.dataset.decisions}?since=${mark.dataset.revision}`, { headers: { accept: "application/json" } });
  if (!answer.ok) return;
  const { revision, progress, decided } = await answer.json();
  mark.dataset.revision = revision;
  const line = document.getElementById("progress");
  if (line.textContent !== progress) line.textContent = progress;
  for (const { span, decision, label, by, own } of decided) {
    for (const words of document.querySelectorAll(`[data-span="${span}"]:is(a)`)) {
      words.classList.remove("undecided", "accepted", "rejected");
      words.classList.add(decision);
    }
    const note = document.getElementById("meanwhile");
    if (!own && note && document.getElementById("card").dataset.span === String(span)) {
      note.textContent = note.dataset.words.replace("{name}", by).replace("{decision}", label);
      note.hidden = false;
    }
  }
};
if (mark.dataset.decisions) setInterval(() => document.hidden || look().catch(() => {}), SECONDS_BETWEEN_LOOKS * 1000);
