// <show-password>: a button that shows what was typed. Its words come from the page; on submit the text hides again.
class ShowPassword extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    if (!input || this.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "password__button";
    const set = (shown) => {
      input.type = shown ? "text" : "password";
      button.textContent = shown ? this.dataset.hide : this.dataset.show;
      button.setAttribute("aria-label", shown ? this.dataset.hideLabel : this.dataset.showLabel);
    };
    button.setAttribute("aria-controls", input.id);
    button.addEventListener("click", () => {
      set(input.type === "password");
      input.focus();
    });
    input.form?.addEventListener("submit", () => set(false));
    input.spellcheck = false;
    input.autocapitalize = "none";
    set(false);
    this.append(button);
  }
}
customElements.define("show-password", ShowPassword);
