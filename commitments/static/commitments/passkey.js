// What allauth's own script only tells the console: the browser has no passkey, or the person said no.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const said = document.getElementById("passkey-error");
  said.hidden = false;
  said.scrollIntoView({ block: "nearest" });
});
