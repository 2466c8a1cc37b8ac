// <passkey-ask>: gets a challenge, asks the browser for a passkey, and sends its form with what the passkey answered.
// The words it may say stand in the page, hidden, in the page's language.
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const withBytes = (descriptors = []) => descriptors.map((each) => ({ ...each, id: bytes(each.id) }));

// What the server sends is JSON, what the browser takes holds bytes (WebAuthn, 5.1.8 and 5.1.9).
function unpacked(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  if (options.user) publicKey.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) publicKey.excludeCredentials = withBytes(options.excludeCredentials);
  if (options.allowCredentials) publicKey.allowCredentials = withBytes(options.allowCredentials);
  return publicKey;
}

function packed(credential) {
  const response = { clientDataJSON: text(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

class PasskeyAsk extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!window.PublicKeyCredential || !window.isSecureContext) {
      this.say("unsupported");
      return;
    }
    this.form.hidden = false;
    this.form.addEventListener("submit", (event) => {
      if (this.form.elements.credential.value) return;
      event.preventDefault();
      if (this.form.reportValidity()) this.ask();
    });
    if ("autofill" in this.dataset) this.offer();
  }

  disconnectedCallback() {
    this.waiting?.abort();
  }

  // Passkeys among what the browser offers to fill in; a press of the button takes the place of this.
  async offer() {
    const can = await PublicKeyCredential.isConditionalMediationAvailable?.();
    if (can && !this.waiting) this.ask({ mediation: "conditional" });
  }

  // One at a time: a browser refuses a second request while one is ending, and the server knows one challenge, the
  // last it gave.
  ask(how = {}) {
    this.waiting?.abort();
    const waiting = (this.waiting = new AbortController());
    this.asking = Promise.resolve(this.asking).then(() => this.askOnce(how, waiting.signal));
  }

  async askOnce(how, signal) {
    const quiet = "mediation" in how;
    if (!quiet) this.say();
    try {
      signal.throwIfAborted();
      const publicKey = unpacked(await this.options());
      const makes = "user" in publicKey;
      const request = { publicKey, signal, ...how };
      const credential = await (makes ? navigator.credentials.create(request) : navigator.credentials.get(request));
      signal.throwIfAborted();
      this.send(packed(credential));
    } catch (error) {
      // What was offered unasked fails unseen, unless somebody chose it.
      const chosen = error.name === "NotAllowedError" && navigator.userActivation?.hasBeenActive;
      if (signal.aborted || (quiet && !chosen)) return;
      this.say({ InvalidStateError: "known", NotAllowedError: "cancelled" }[error.name] ?? "failed");
    }
  }

  async options() {
    const body = new FormData();
    body.set("purpose", this.dataset.purpose);
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    const answer = await fetch(this.dataset.options, { method: "POST", body });
    if (!answer.ok) throw new Error(`options: ${answer.status}`);
    return answer.json();
  }

  send(credential) {
    const stay = document.querySelector("input[type='checkbox'][name='stay']");
    if (stay && this.form.elements.stay) this.form.elements.stay.value = stay.checked ? "on" : "";
    this.form.elements.credential.value = credential;
    this.form.submit();
  }

  say(word) {
    for (const message of this.querySelectorAll("[data-say]")) message.hidden = message.dataset.say !== word;
  }
}
customElements.define("passkey-ask", PasskeyAsk);
