// <password-rules>: ticks each rule while the password is typed. The patterns are the server's own
// (accounts/passwords.py); once they all hold, the server is asked whether the password is easily guessed, and why.
const PAUSE = 400; // milliseconds without a key

class PasswordRules extends HTMLElement {
  connectedCallback() {
    const input = document.getElementById(this.dataset.for);
    if (!input) return;
    this.input = input;
    this.reasons = this.querySelector("[aria-live]");
    this.rules = [...this.querySelectorAll("[data-pattern]")].map((item) => {
      const word = document.createElement("span");
      word.className = "visually-hidden";
      item.append(word);
      return { item, word, pattern: new RegExp(`^(?:${item.dataset.pattern})$`, "u") };
    });
    this.toggleAttribute("data-live", true);
    input.addEventListener("input", () => this.show());
    this.show();
  }

  show() {
    const typed = this.input.value;
    let held = typed !== "";
    for (const { item, word, pattern } of this.rules) {
      const holds = pattern.test(typed);
      item.toggleAttribute("data-held", holds);
      word.textContent = typed ? ` ${holds ? this.dataset.held : this.dataset.open}` : "";
      held &&= holds;
    }
    clearTimeout(this.timer);
    this.asked?.abort();
    this.judged(null);
    if (held) this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  // Without an answer (too often, no connection) the list says no more than before; the server checks when the form is sent.
  async ask() {
    this.asked = new AbortController();
    const form = new FormData(this.input.form);
    form.delete("password_again");
    form.delete("old");
    const link = location.pathname.match(/\/password\/reset\/([^/]+)\//);
    if (link) form.set("link", link[1]);
    try {
      const answer = await fetch(this.dataset.check, { method: "POST", body: form, signal: this.asked.signal });
      if (answer.ok) this.judged(await answer.text());
    } catch (error) {
      if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
    }
  }

  judged(reasons) {
    this.reasons.innerHTML = reasons ?? "";
    const good = reasons !== null && !this.reasons.firstElementChild;
    for (const item of this.querySelectorAll("[data-judged]")) item.toggleAttribute("data-held", good);
  }
}
customElements.define("password-rules", PasswordRules);
