// Whoever types a publisher that is on the list of news sources finds its class filled in, unless they chose one.
{
  const list = document.getElementById("news-sources");
  const folded = (text) => text.normalize("NFKC").replaceAll("’", "'").toLowerCase().replaceAll("(", " (").split(/\s+/).filter(Boolean).join(" ");
  const classes = new Map([...list.options].map((option) => [folded(option.value), option.dataset.source]));

  // "Xinhua (People's Daily Online)" is listed under its whole name, or as "Xinhua".
  const classOf = (publisher) => {
    for (let name = folded(publisher); name; name = name.slice(0, Math.max(name.lastIndexOf("("), 0)).trim())
      if (classes.has(name)) return classes.get(name);
  };

  document.addEventListener("change", (event) => {
    if (event.target.getAttribute("list") !== list.id) return;
    const choice = document.getElementById(event.target.id.replace(/publisher$/, "source"));
    const listed = classOf(event.target.value);
    if (!choice || (choice.value && choice.value !== choice.dataset.filled)) return;
    choice.value = choice.dataset.filled = listed ?? "";
  });
}
