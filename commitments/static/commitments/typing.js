// Whoever types is at work: without this, a session would end while a long form is filled in, and what was
// typed would be lost. At most once in two minutes.
{
  const address = document.currentScript.dataset.stay;
  let asked = Date.now();
  document.addEventListener("input", () => {
    if (Date.now() - asked < 120_000) return;
    asked = Date.now();
    fetch(address).catch(() => {});
  });
}
