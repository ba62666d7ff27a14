// <form data-draft>: asks before the page is left with changes that were not sent.

for (const form of document.querySelectorAll("form[data-draft]")) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  addEventListener("beforeunload", (event) => {
    if (!changed) return;
    event.preventDefault();
    event.returnValue = "";
  });
}
