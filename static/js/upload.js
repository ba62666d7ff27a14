// Shows how far an upload is; one with data-resumable goes in pieces and on where it stopped. Without JavaScript the same
// form posts the file as forms do. The listener is the document's: a refused form is replaced by the server's answer.

const WAITS = [500, 1000, 2000, 4000, 8000, 15000];

function part(form, name) {
  return form.querySelector(`[data-upload-${name}]`);
}

function show(form, done, size) {
  const percent = size ? Math.floor((100 * done) / size) : 100;
  part(form, "progress").hidden = false;
  part(form, "progress").querySelector("progress").value = percent;
  part(form, "text").textContent = `${percent}%`;
}

function replaceBy(text) {
  const main = new DOMParser().parseFromString(text, "text/html").querySelector("main");
  if (main) document.querySelector("main").replaceWith(main);
  document.querySelector("[data-error-summary]")?.focus();
}

function sendWhole(form) {
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.addEventListener("progress", (sent) => {
    if (sent.lengthComputable) show(form, sent.loaded, sent.total);
  });
  request.addEventListener("load", () => {
    if (request.status < 400) location.assign(request.responseURL);
    else replaceBy(request.responseText);
  });
  request.addEventListener("error", () => form.submit());
  part(form, "progress").hidden = false;
  request.send(new FormData(form));
}

// The same file chosen again, also after a reload, is the same upload.
function keyOf(file) {
  return `upload:${file.name}:${file.size}:${file.lastModified}`;
}

function headers(form, more) {
  return { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, ...more };
}

function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}

async function standing(form, id) {
  const answer = await fetch(`${form.dataset.resumable}${id}/`, { method: "HEAD" });
  return answer.ok ? Number(answer.headers.get("Upload-Offset")) : null;
}

async function begun(form, file) {
  const known = localStorage.getItem(keyOf(file));
  const offset = known ? await standing(form, known) : null;
  if (offset !== null) return { id: known, offset, piece: 1048576 };
  const body = new URLSearchParams({ name: file.name, size: file.size });
  const answer = await fetch(form.dataset.resumable, { method: "POST", headers: headers(form), body });
  if (!answer.ok) return null;
  const upload = await answer.json();
  localStorage.setItem(keyOf(file), upload.id);
  return upload;
}

// One piece; answers the offset where the upload now stands, or null if the server will not have it.
async function sent(form, file, upload) {
  const answer = await fetch(`${form.dataset.resumable}${upload.id}/`, {
    method: "PUT",
    headers: headers(form, { "Upload-Offset": upload.offset, "Content-Type": "application/octet-stream" }),
    body: file.slice(upload.offset, upload.offset + upload.piece),
  });
  if (answer.status === 204 || answer.status === 409) return Number(answer.headers.get("Upload-Offset"));
  if (answer.status >= 500) throw new TypeError("server");
  return null;
}

async function all(form, file) {
  const upload = await begun(form, file);
  let failures = 0;
  while (upload && upload.offset < file.size) {
    try {
      const offset = await sent(form, file, upload);
      if (offset === null) return null;
      upload.offset = offset;
      failures = 0;
      part(form, "waiting").hidden = true;
      show(form, upload.offset, file.size);
    } catch (fault) {
      if (failures === WAITS.length) throw fault;
      part(form, "waiting").hidden = false;
      await pause(WAITS[failures++]);
    }
  }
  return upload && upload.id;
}

async function sendPieces(form, input, file) {
  const button = form.querySelector(".buttons button");
  button.disabled = true;
  part(form, "failed").hidden = true;
  part(form, "progress").hidden = false;
  try {
    const id = await all(form, file);
    if (id) {
      form.querySelector("[data-resumable-id]").value = id;
      localStorage.removeItem(keyOf(file));
      input.disabled = true; // the form goes without the file
    }
    form.submit();
  } catch {
    part(form, "waiting").hidden = true;
    part(form, "failed").hidden = false;
    button.disabled = false;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-upload]")) return;
  if (!form.dataset.resumable) {
    event.preventDefault();
    sendWhole(form);
    return;
  }
  const input = form.querySelector("input[type=file]");
  const file = input && input.files[0];
  if (!file || !file.size || file.size > Number(input.dataset.maxBytes)) return; // the server says what is wrong
  event.preventDefault();
  sendPieces(form, input, file);
});
