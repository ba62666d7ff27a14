// Ticking rows of a list: how many are chosen, all of a page at once, none again. The form works without it.

for (const form of document.querySelectorAll("form[data-select]")) {
  const boxes = () => Array.from(form.querySelectorAll("tbody input[type=checkbox]"));
  const all = form.querySelector("[data-all]");

  function show() {
    const ticked = boxes().filter((box) => box.checked);
    for (const box of boxes()) box.closest("tr").classList.toggle("sel", box.checked);
    const told = form.querySelector("[data-selected]");
    if (told) told.textContent = ticked.length;
    if (!all) return;
    all.checked = ticked.length > 0 && ticked.length === boxes().length;
    all.indeterminate = ticked.length > 0 && !all.checked;
  }

  form.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes()) box.checked = all.checked;
    show();
  });
  form.querySelector("[data-unselect]")?.addEventListener("click", () => {
    for (const box of boxes()) box.checked = false;
    show();
  });
  addEventListener("pageshow", show);
  show();
}
