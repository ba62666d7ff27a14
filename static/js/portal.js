// Small helps on every page. Each one only improves something that works without it.

const root = document.documentElement;
const YEAR = 31536000;

function remember(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = value
    ? `${name}=${value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`
    : `${name}=; Path=/; Max-Age=0; SameSite=Lax${secure}`;
}

// The error summary takes the focus, so that a keyboard or screen reader starts at what is wrong.
const summary = document.querySelector("[data-error-summary]");
if (summary) summary.focus();

document.addEventListener("click", (event) => {
  const large = event.target.closest("[data-toggle-size]");
  if (large) {
    event.preventDefault();
    if (root.dataset.size) delete root.dataset.size;
    else root.dataset.size = "large";
    remember("size", root.dataset.size || "");
    return;
  }
  const copy = event.target.closest("[data-copy]");
  if (copy && navigator.clipboard) {
    navigator.clipboard.writeText(copy.dataset.copy).then(() => {
      copy.querySelector("[data-copied]")?.removeAttribute("hidden");
    });
  }
  if (event.target.closest("[data-print]")) print();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A menu that the keyboard has left closes.
document.addEventListener("focusout", (event) => {
  const menu = event.target.closest("details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

// A theme picked on the settings page shows at once; the form still saves it.
document.addEventListener("change", (event) => {
  if (event.target.name === "theme") {
    if (event.target.value) root.dataset.theme = event.target.value;
    else delete root.dataset.theme;
  }
});

// Buttons that need JavaScript are hidden until it runs.
for (const element of document.querySelectorAll("[data-needs-js][hidden]")) element.hidden = false;

// One press, one request.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post" || event.defaultPrevented) return;
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 5000); // a download leaves the page where it is
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// A file that is too big is refused before it is sent; the server checks again.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.type !== "file" || !input.dataset.maxBytes) return;
  const tooBig = Array.from(input.files).some((file) => file.size > Number(input.dataset.maxBytes));
  input.setCustomValidity(tooBig ? input.dataset.tooBig : "");
  if (tooBig) input.reportValidity();
});
