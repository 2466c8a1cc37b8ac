// <password-rules>: ticks each rule while the password is typed. The patterns are the server's own (accounts/passwords.py).
class PasswordRules extends HTMLElement {
  connectedCallback() {
    const input = document.getElementById(this.dataset.for);
    if (!input) return;
    const rules = [...this.querySelectorAll("[data-pattern]")].map((item) => {
      const word = document.createElement("span");
      word.className = "visually-hidden";
      item.append(word);
      return { item, word, pattern: new RegExp(`^(?:${item.dataset.pattern})$`, "u") };
    });
    const show = () => {
      for (const { item, word, pattern } of rules) {
        const held = pattern.test(input.value);
        item.toggleAttribute("data-held", held);
        word.textContent = input.value ? ` ${held ? this.dataset.held : this.dataset.open}` : "";
      }
    };
    this.toggleAttribute("data-live", true);
    input.addEventListener("input", show);
    show();
  }
}
customElements.define("password-rules", PasswordRules);
