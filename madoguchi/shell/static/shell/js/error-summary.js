// <error-summary>: takes the focus when the page opens; its links put the cursor into the field itself.
class ErrorSummary extends HTMLElement {
  connectedCallback() {
    this.focus({ preventScroll: false });
    this.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const target = link && document.getElementById(link.hash.slice(1));
      if (!target) return;
      const field = target.matches("fieldset") ? target.querySelector("input, select, textarea") ?? target : target;
      event.preventDefault();
      (target.closest(".field") ?? target).scrollIntoView({ block: "start" });
      field.focus({ preventScroll: true });
    });
  }
}
customElements.define("error-summary", ErrorSummary);
