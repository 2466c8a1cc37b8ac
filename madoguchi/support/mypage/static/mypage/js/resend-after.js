// Counts the seconds until the code can be sent again, and keeps the button back until then. The words are the page's.
customElements.define(
  "resend-after",
  class extends HTMLElement {
    connectedCallback() {
      const seconds = Number(this.dataset.seconds);
      if (!seconds) return;
      this.button = this.querySelector("button[type=submit]");
      this.button.disabled = true;
      this.querySelector("[data-countdown]").hidden = false;
      this.end = performance.now() + seconds * 1000;
      this.timer = setInterval(() => this.tick(), 500);
      this.tick();
    }

    disconnectedCallback() {
      clearInterval(this.timer);
    }

    tick() {
      const left = Math.ceil((this.end - performance.now()) / 1000);
      this.querySelector("[data-left]").textContent = Math.max(left, 0);
      if (left > 0) return;
      clearInterval(this.timer);
      this.button.disabled = false;
      this.querySelector("[data-wait]").hidden = true;
    }
  },
);
