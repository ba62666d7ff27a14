// Keys for lists: / search, J K move, X select, Enter open, ? help. Off on the settings page (data-keys="off").

const root = document.documentElement;

function rows() {
  const all = document.querySelectorAll("main table.grid:not(.diff) tbody tr");
  return Array.from(all).filter((row) => row.querySelector("a[href], input, button"));
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.classList.contains("at"));
  const next = Math.min(Math.max(at + step, 0), all.length - 1);
  all.forEach((row) => row.classList.remove("at"));
  all[next].classList.add("at");
  const target = all[next].querySelector("a[href], input, button");
  if (target) target.focus();
  all[next].scrollIntoView({ block: "nearest" });
}

function current() {
  return rows().find((row) => row.classList.contains("at"));
}

const actions = {
  "/": () => document.querySelector("input[type=search]")?.focus(),
  j: () => move(1),
  k: () => move(-1),
  x: () => current()?.querySelector("input[type=checkbox]")?.click(),
  Enter: () => current()?.querySelector("a[href]")?.click(),
  "?": toggleHelp,
};

function toggleHelp() {
  const help = document.querySelector("[data-keys-help]");
  if (!help) return;
  help.hidden = !help.hidden;
  if (!help.hidden) help.focus();
}

document.querySelector("[data-keys-close]")?.addEventListener("click", toggleHelp);

document.addEventListener("keydown", (event) => {
  const help = document.querySelector("[data-keys-help]:not([hidden])");
  if (help && event.key === "Escape") help.hidden = true;
  if (root.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (typing || !actions[key]) return;
  // A box of the row would send the form around it.
  if (key === "Enter" && event.target.closest("a, button, summary, input:not([type=checkbox])")) return;
  event.preventDefault();
  actions[key]();
});
