// <error-summary>: takes the focus when the page opens; its links put the cursor into the field itself. With `data-anew`
// the page is asked for anew by who comes back to it: a browser would ask whether to send the refused form once more.
function leaves(event) {
  if (event.defaultPrevented) return false;
  const link = event.type === "click" && event.target.closest("a[href]:not([target])");
  return event.type === "submit" || (link && link.pathname !== location.pathname);
}

function askAnew(event) {
  if (leaves(event)) history.replaceState(history.state, "", location.href);
}

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
    if (!("anew" in this.dataset)) return;
    addEventListener("submit", askAnew);
    addEventListener("click", askAnew);
  }
}
customElements.define("error-summary", ErrorSummary);
