// Offers printing where a script can do it; the print stylesheet does the rest.
customElements.define(
  "print-page",
  class extends HTMLElement {
    connectedCallback() {
      this.hidden = false;
      this.querySelector("button").addEventListener("click", () => print());
    }
  },
);
