// <form data-draft> (apps/core/drafts.py): keeps what is typed, and asks before a page is left with changes that are
// neither sent nor kept. Without this the person presses the same button by hand.

const QUIET = 2500; // milliseconds without a key after which the draft is saved
const LONGEST = 20000; // while somebody types on and on

function keep(form) {
  const said = form.querySelector("[data-draft-said]");
  const conflict = form.querySelector("[data-draft-conflict]");
  let changed = 0; // when the oldest unsaved change was made; 0 if there is none
  let timer = 0;
  let saving = null;
  let ended = false;

  function holdsFiles() {
    return Array.from(form.querySelectorAll("input[type=file]")).some((input) => input.files.length > 0);
  }

  function body() {
    const data = new FormData(form);
    for (const [name, value] of Array.from(data)) if (value instanceof File) data.delete(name);
    data.set("_draft", "save");
    return data;
  }

  async function save() {
    clearTimeout(timer);
    if (!changed || saving || ended || !conflict.hidden) return;
    const since = changed;
    changed = 0;
    saving = new AbortController();
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: body(), headers: { Accept: "application/json" }, signal: saving.signal,
      });
      const told = await answer.json();
      if (answer.ok) form.elements._draft_version.value = told.version;
      else changed = since;
      if (told.conflict) conflict.hidden = false;
      said.textContent = told.text;
    } catch {
      if (!ended) {
        changed = changed || since;
        said.textContent = said.dataset.failed;
        timer = setTimeout(save, LONGEST);
      }
    }
    saving = null;
  }

  form.addEventListener("input", () => {
    changed = changed || Date.now();
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(QUIET, changed + LONGEST - Date.now())));
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  form.addEventListener("submit", () => {
    ended = true;
    clearTimeout(timer);
    if (saving) saving.abort();
  });
  addEventListener("pageshow", () => { ended = false; });
  form.querySelector("[data-draft-reload]").addEventListener("click", () => { ended = true; });
  addEventListener("beforeunload", (event) => {
    if (ended || !(changed || holdsFiles())) return;
    event.preventDefault();
    event.returnValue = "";
  });
}

for (const form of document.querySelectorAll("form[data-draft]")) keep(form);
