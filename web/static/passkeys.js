/* Passkeys: the server asks, the device answers, and the form takes the answer along. No inline code, nothing stored.
   A form with data-irt-passkey="create" or "get" fetches its question from data-irt-options.
   A button with data-irt-passkey-sign sends its form once to make the question, then again with the answer. */
"use strict";

(() => {
  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  };
  const text = (buffer) => {
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const keys = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

  function say(words) {
    const place = document.getElementById("alert");
    if (!place) return;
    place.textContent = words;
    place.classList.remove("visually-hidden");
  }

  async function created(asked) {
    const user = { ...asked.user, id: bytes(asked.user.id) };
    const publicKey = { ...asked, user, challenge: bytes(asked.challenge), excludeCredentials: keys(asked.excludeCredentials) };
    const made = await navigator.credentials.create({ publicKey });
    const response = { clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject) };
    return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response });
  }

  async function answered(asked) {
    const publicKey = { ...asked, challenge: bytes(asked.challenge), allowCredentials: keys(asked.allowCredentials) };
    const given = await navigator.credentials.get({ publicKey });
    const response = {
      clientDataJSON: text(given.response.clientDataJSON),
      authenticatorData: text(given.response.authenticatorData),
      signature: text(given.response.signature),
    };
    return JSON.stringify({ id: given.id, rawId: text(given.rawId), type: given.type, response });
  }

  /* A form with a file goes as it is: the question is bound to the file's hash too. */
  const posted = (address, fields, withFile = false) => {
    const body = withFile ? fields : new URLSearchParams(fields);
    return fetch(address, { method: "POST", body, headers: { accept: "text/html, application/json" } });
  };

  /* A refusal comes as a whole page: its content is put where the page's content was. */
  async function shown(answer) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = page.getElementById("main");
    if (main) document.getElementById("main").replaceWith(main);
    for (const hidden of document.querySelectorAll("[data-irt-needs-script][hidden]")) hidden.hidden = false;
  }

  async function question(answer) {
    const kind = answer.headers.get("content-type") || "";
    if (answer.ok && kind.includes("json")) return answer.json();
    await shown(answer);
    return null;
  }

  async function pressed(form) {
    const asked = await question(await posted(form.dataset.irtOptions, new FormData(form)));
    if (!asked) return;
    form.elements.passkey.value = await (form.dataset.irtPasskey === "create" ? created(asked) : answered(asked));
    form.submit();
  }

  async function signed(form, button) {
    const fields = new FormData(form);
    if (button.name) fields.set(button.name, button.value);
    fields.set("passkey", "ask");
    const first = await posted(form.action, fields, form.enctype === "multipart/form-data");
    const token = { _csrf_token: form.elements._csrf_token.value };
    const asked = await posted("/account/passkeys/question", token);
    if (!asked.ok) { await shown(first); return; }
    const answer = document.createElement("input");
    const decision = document.createElement("input");
    Object.assign(answer, { type: "hidden", name: "passkey", value: await answered(await asked.json()) });
    Object.assign(decision, { type: "hidden", name: button.name || "decision", value: button.value });
    form.append(answer, decision);
    form.submit();
  }

  const failed = () => say("The device gave no answer. Nothing was done. Try again, or use a six-digit code.");

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    const signs = button && button.matches("[data-irt-passkey-sign]");
    if (!signs && !form.matches("[data-irt-passkey]")) return;
    event.preventDefault();
    (signs ? signed(form, button) : pressed(form))
      .catch(failed)
      .finally(() => button && button.removeAttribute("aria-busy"));
  });
})();
