// Beside a quote: how much of its length is used. The same count as commitments/domain/quotes.py, which decides.
addEventListener("DOMContentLoaded", () => {
for (const box of document.querySelectorAll("input[data-most]")) {
  const { most, perWord, words, characters } = box.dataset;
  const said = document.createElement("output");
  said.className = "counter";
  said.htmlFor = box.id;
  const count = () => {
    const chinese = box.value.match(/[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{323af}]/gu) ?? [];
    let others = box.value.replace(/[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{323af}]/gu, " ").split(/\s+/).filter(Boolean);
    if (chinese.length) others = others.filter((word) => /[\p{L}\p{N}]/u.test(word));
    const used = others.length + Math.ceil(chinese.length / perWord);
    const [text, number, limit] = chinese.length
      ? [characters, chinese.length + others.length * perWord, most * perWord] : [words, used, most];
    said.textContent = text.replace("{number}", number).replace("{most}", limit);
    said.classList.toggle("too-long", used > most);
  };
  box.after(said);
  box.addEventListener("input", count);
  count();
}
});
