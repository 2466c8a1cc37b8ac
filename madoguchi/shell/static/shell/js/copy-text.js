// Offers copying where a script can do it: <copy-text data-text="…" data-done="Copied" hidden><button>…</button><span role="status">.
customElements.define(
  "copy-text",
  class extends HTMLElement {
    connectedCallback() {
      if (!navigator.clipboard) return;
      this.hidden = false;
      this.querySelector("button").addEventListener("click", async () => {
        await navigator.clipboard.writeText(this.dataset.text);
        this.querySelector("[role=status]").textContent = this.dataset.done;
      });
    }
  },
);
