// <form data-upload>: shows how much of the file is sent. Without JavaScript the form is an ordinary upload.
// The form holds <div class="progress" data-upload-progress hidden> with a <progress> and a [data-upload-text].

for (const form of document.querySelectorAll("form[data-upload]")) {
  const box = form.querySelector("[data-upload-progress]");
  form.addEventListener("submit", (event) => {
    if (!box || !window.FormData) return;
    event.preventDefault();
    const bar = box.querySelector("progress");
    const text = box.querySelector("[data-upload-text]");
    const buttons = form.querySelectorAll("button");
    const request = new XMLHttpRequest();
    const body = new FormData(form);
    if (event.submitter && event.submitter.name) body.append(event.submitter.name, event.submitter.value);
    const release = () => {
      for (const button of buttons) button.disabled = false;
      box.hidden = true;
    };
    request.upload.addEventListener("progress", (sent) => {
      if (!sent.lengthComputable) return;
      bar.max = sent.total;
      bar.value = sent.loaded;
      if (text) text.textContent = `${Math.floor((100 * sent.loaded) / sent.total)}%`;
    });
    request.addEventListener("load", () => {
      if (request.status < 400) {
        location.assign(request.responseURL);
        return;
      }
      const answer = new DOMParser().parseFromString(request.responseText, "text/html");
      const main = answer.querySelector("main");
      if (main) document.querySelector("main").replaceWith(main);
      release();
      const summary = document.querySelector("[data-error-summary]");
      if (summary) summary.focus();
    });
    request.addEventListener("error", () => {
      release();
      form.querySelector("[data-upload-failed]")?.removeAttribute("hidden");
    });
    for (const button of buttons) button.disabled = true;
    box.hidden = false;
    request.open("POST", form.action);
    request.send(body);
  });
}
