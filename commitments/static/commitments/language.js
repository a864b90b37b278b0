// Whoever comes from elsewhere is offered the page in the language that their browser asks for first. Nothing is kept.
const form = (tag) => (/^zh\b/i.test(tag) ? (/hant|tw|hk|mo/i.test(tag) ? "zh-Hant" : "zh-Hans") : tag.slice(0, 2).toLowerCase());
const wanted = navigator.languages.map(form).find((language) => ["en", "zh-Hant", "zh-Hans"].includes(language));
const offer = [...document.querySelectorAll(".suggestion")].find(({ lang }) => wanted && lang.startsWith(wanted));

if (offer && !document.referrer.startsWith(location.origin)) {
  offer.hidden = false;
  offer.querySelector("button").addEventListener("click", () => offer.remove());
}
