// Next becomes active with input. Without this script the button is active and an empty answer is refused with words.
customElements.define(
  "next-when-filled",
  class extends HTMLElement {
    connectedCallback() {
      const field = this.querySelector("input:not([type=hidden])");
      const button = this.querySelector("button[type=submit]");
      const update = () => {
        button.disabled = field.value.trim() === "";
      };
      field.addEventListener("input", update);
      // A page that comes back from the browser's history brings its values later than its elements.
      addEventListener("pageshow", update);
      update();
    }
  },
);
