// Whoever leaves a box for a date is told how it is read, before it is sent; where it may be read in several ways, they
// choose. The notation that is stored takes the place of what was typed.
{
  const hint = (box) => {
    let line = document.getElementById(`${box.id}_read`);
    if (!line) {
      line = document.createElement("div");
      line.id = `${box.id}_read`;
      line.className = "help read-date";
      line.setAttribute("role", "status");
      (box.closest(".flex-container") ?? box).after(line);
    }
    return line;
  };

  const choice = (box, { notation, label }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = `${notation} · ${label}`;
    button.addEventListener("click", () => {
      box.value = notation;
      box.focus();
      read(box);
    });
    return button;
  };

  const read = async (box) => {
    const text = box.value.trim();
    const line = hint(box);
    if (!text) return line.replaceChildren();
    const query = new URLSearchParams({ text, takes: box.dataset.takes });
    const answer = await fetch(`${box.dataset.readDate}?${query}`).then((response) => (response.ok ? response.json() : null), () => null);
    if (!answer || box.value.trim() !== text) return;
    line.replaceChildren(`${answer.label ?? answer.problem} `, ...(answer.choices ?? []).map((one) => choice(box, one)));
    line.classList.toggle("asks", Boolean(answer.problem));
    if (answer.notation) box.value = answer.notation;
  };

  document.addEventListener("change", (event) => {
    if (event.target.dataset?.readDate) read(event.target);
  });
}
