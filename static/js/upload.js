// Shows how far an upload is. Without JavaScript the same form posts as forms do.

const form = document.querySelector("form[data-upload]");

function send(event) {
  event.preventDefault();
  const box = form.querySelector("[data-upload-progress]");
  const bar = box.querySelector("progress");
  const percent = box.querySelector("[data-upload-text]");
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.addEventListener("progress", (sent) => {
    if (!sent.lengthComputable) return;
    bar.value = Math.round((100 * sent.loaded) / sent.total);
    percent.textContent = `${bar.value}%`;
  });
  request.addEventListener("load", () => {
    if (request.status < 400) {
      location.assign(request.responseURL);
      return;
    }
    const answer = new DOMParser().parseFromString(request.responseText, "text/html");
    const main = answer.querySelector("main");
    if (main) document.querySelector("main").replaceWith(main);
    document.querySelector("[data-error-summary]")?.focus();
  });
  request.addEventListener("error", () => form.submit());
  box.hidden = false;
  request.send(new FormData(form));
}

if (form) form.addEventListener("submit", send);
